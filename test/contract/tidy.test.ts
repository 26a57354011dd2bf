import { describe, expect, it } from 'vitest';
import { findingText, tidy } from '#libs/tooling/tidy/tidy.ts';
import { sourceFiles } from './repository.ts';

it('finds nothing in the repository', () => {
  expect(tidy(sourceFiles).map(findingText)).toEqual([]);
}, 180_000);

const head = '// A head.\n';
const messagesFor = (path: string, text: string): string[] =>
  tidy([{ path, text }]).map(({ message }) => message);

describe('each check fails where it should', () => {
  const domain = 'services/registry/domain/holding.ts';
  it.each<[string, string, string, RegExp]>([
    ['a long file', 'libs/time/a.ts', head + 'const a = 1;\n'.repeat(400), /401 lines/],
    ['a long line', 'libs/time/a.ts', `${head}const a = ${'1 + '.repeat(30)}1;\n`, /columns/],
    ['a long comment', 'libs/time/a.ts', `${head}// ${'word '.repeat(25)}\n`, /columns/],
    ['no head', 'libs/time/a.ts', 'const a = 1;\n', /head says/],
    ['a name in camel case', 'libs/time/businessDay.ts', head, /kebab-case/],
    ['a refused word', 'libs/time/date-utils.ts', head, /refused word/],
    ['a path of one machine', 'README.md', 'see /root/x\n', /one machine/],
    ['a path of a user', '.ci/run', 'cd "/home/me/x"\n', /one machine/],
    ['FIXME', 'libs/time/a.ts', `${head}// FIXME\n`, /repair it/],
    ['a TODO without issue', 'libs/time/a.ts', `${head}// TODO later\n`, /issue number/],
    ['a mock', 'test/unit/a.test.ts', "vi.mock('#libs/a.ts');\n", /no mocks/],
    [
      'selectAll',
      'services/registry/repositories/a.ts',
      `${head}db.selectAll();\n`,
      /name the columns/,
    ],
    ['a silenced type', 'libs/time/a.ts', `${head}// @ts-ignore\n`, /repair the type/],
    ['Date.now', 'libs/http/a.ts', `${head}Date.now();\n`, /injected Clock/],
    ['new Date', 'services/registry/use-cases/a.ts', `${head}new Date();\n`, /injected Clock/],
    ['Math.random', 'libs/ids/a.ts', `${head}Math.random();\n`, /random bytes/],
    ['Number', 'services/registry/use-cases/a.ts', `${head}Number('1');\n`, /bigint/],
    ['a cast in the domain', domain, `${head}const a = b as C;\n`, /`as`/],
    ['async in the domain', domain, `${head}export const a = async () => 1;\n`, /synchronous/],
    ['a timer in the domain', domain, `${head}setTimeout(f, 1);\n`, /synchronous/],
    [
      'a long function',
      'libs/time/a.ts',
      `${head}function a() {\n${'  b();\n'.repeat(60)}}\n`,
      /62 lines; at most 60/,
    ],
  ])('%s', (_name, path, text, message) => {
    expect(messagesFor(path, text)).toContainEqual(expect.stringMatching(message));
  });

  it('and not where it should not', () => {
    expect(messagesFor(domain, `${head}const a = [1] as const;\n// TODO(#12): later\n`)).toEqual(
      [],
    );
    expect(messagesFor('libs/time/clock.ts', `${head}Date.now();\n`)).toEqual([]);
  });
});
