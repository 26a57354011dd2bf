import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './repository.ts';

/** Each rule with an import that breaks it: [rule, the importing file, what it imports]. */
const forbidden: [string, string, string][] = [
  ['libs-layer-0', 'libs/quantity/a.ts', '#libs/db/x.ts'],
  ['libs-layer-1', 'libs/sm/a.ts', '#libs/http/x.ts'],
  ['libs-layer-2', 'libs/db/a.ts', '#libs/outbox/x.ts'],
  ['domain-is-pure', 'services/registry/domain/a.ts', 'node:fs'],
  ['domain-is-pure', 'services/registry/domain/b.ts', 'zod'],
  ['domain-is-pure', 'services/registry/domain/c.ts', '#libs/db/x.ts'],
  ['domain-is-pure', 'services/registry/domain/d.ts', '../repositories/x.ts'],
  ['use-cases-within-service', 'services/registry/use-cases/a.ts', '../http/x.ts'],
  ['use-cases-within-service', 'services/registry/use-cases/b.ts', '../config.ts'],
  ['use-cases-without-adapters', 'services/registry/use-cases/c.ts', 'kysely'],
  ['use-cases-without-adapters', 'services/registry/use-cases/d.ts', '#libs/contracts/x.ts'],
  ['use-cases-without-http', 'services/registry/use-cases/e.ts', '#libs/http/x.ts'],
  ['http-within-service', 'services/registry/http/a.ts', '../messages/x.ts'],
  ['http-without-database', 'services/registry/http/b.ts', 'kysely'],
  ['repositories-within-service', 'services/registry/repositories/a.ts', '../use-cases/x.ts'],
  ['repositories-without-http', 'services/registry/repositories/b.ts', '#libs/contracts/x.ts'],
  ['messages-within-service', 'services/registry/messages/a.ts', '../repositories/x.ts'],
  ['messages-without-adapters', 'services/registry/messages/b.ts', 'kafkajs'],
  ['services-apart', 'services/settlement/main.ts', '../registry/config.ts'],
  ['supervisory-side-apart', 'services/supervisory-chain/main.ts', '#libs/outbox/x.ts'],
  ['portal-web-in-the-browser', 'services/portal/web/a.ts', '#libs/db/x.ts'],
  ['kafkajs-in-its-place', 'libs/outbox/a.ts', 'kafkajs'],
  ['sm-crypto-in-its-place', 'libs/http/a.ts', 'sm-crypto'],
  ['canonicalize-in-its-place', 'libs/http/b.ts', 'canonicalize'],
  ['express-openapi-validator-in-its-place', 'libs/outbox/b.ts', 'express-openapi-validator'],
  ['express-in-its-place', 'libs/outbox/c.ts', 'express'],
  ['@peculiar/x509-in-its-place', 'libs/http/c.ts', '@peculiar/x509'],
  ['libs-below-services', 'libs/http/d.ts', '../../services/registry/config.ts'],
  ['no-test-code-in-the-product', 'services/registry/main.ts', '../../test/x.ts'],
  ['migrations-frozen', 'migrations/registry/a.ts', '#libs/db/x.ts'],
  ['browser-libraries-without-node', 'libs/proof/a.ts', 'node:crypto'],
  ['no-cycles', 'libs/http/cycle.ts', './e.ts'],
  ['resolvable', 'libs/http/f.ts', './none.ts'],
  ['no-dev-packages-at-run-time', 'libs/http/g.ts', 'supertest'],
];

const allowed: [string, string][] = [
  ['services/registry/domain/y.ts', '#libs/quantity/x.ts'],
  ['services/registry/use-cases/y.ts', '../repositories/x.ts'],
  ['services/registry/http/y.ts', '../use-cases/x.ts'],
  ['services/registry/repositories/y.ts', 'kysely'],
  ['services/registry/app.ts', 'express'],
  ['libs/event-bus/kafka/y.ts', 'kafkajs'],
  ['libs/http/y.ts', '#libs/db/x.ts'],
  ['migrations/registry/y.ts', 'kysely'],
];

const targets = [
  ...['db', 'http', 'outbox', 'contracts', 'quantity'].map((name) => `libs/${name}/x.ts`),
  ...['repositories', 'use-cases', 'http', 'messages'].map(
    (name) => `services/registry/${name}/x.ts`,
  ),
  'services/registry/config.ts',
  'test/x.ts',
];

const folder = mkdtempSync(join(tmpdir(), 'quanji-boundaries-'));
const found = new Map<string, string[]>();

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const writeFixture = (): void => {
  const names = ['package.json', 'tsconfig.json', 'node_modules'];
  for (const name of names) symlinkSync(join(root, name), join(folder, name));
  for (const path of targets) write(path, 'export const x = 1;\n');
  const imports = [...forbidden.map(([, path, target]) => [path, target]), ...allowed];
  for (const [path = '', target = ''] of imports) {
    write(path, `import * as imported from '${target}';\nexport const y = imported;\n`);
  }
  write('libs/http/e.ts', "import * as imported from './cycle.ts';\nexport const y = imported;\n");
};

beforeAll(async () => {
  writeFixture();
  const config = await extractDepcruiseConfig(join(root, 'libs/tooling/boundaries.mjs'));
  const ruleSet = { forbidden: config.forbidden ?? [] };
  const options = { ...config.options, baseDir: folder, preserveSymlinks: true, ruleSet };
  const { output } = await cruise(
    ['libs', 'services', 'migrations'],
    { ...options, validate: true },
    { ...config.options?.enhancedResolveOptions, symlinks: false },
  );
  if (typeof output === 'string') throw new Error(output);
  for (const { from, rule } of output.summary.violations) {
    found.set(from, [...(found.get(from) ?? []), rule.name]);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the boundaries', () => {
  it.each(forbidden)('%s refuses %s importing %s', (rule, path) => {
    expect(found.get(path) ?? []).toContain(rule);
  });

  it.each(allowed)('let %s import %s', (path) => {
    expect(found.get(path)).toBeUndefined();
  });

  it('are each seen to refuse', async () => {
    const config = await extractDepcruiseConfig(join(root, 'libs/tooling/boundaries.mjs'));
    const names = (config.forbidden ?? []).map((rule) => rule.name ?? '');
    const shown = new Set(forbidden.map(([rule]) => rule));
    // The layers above the second follow from the same line; nothing undeclared is installed.
    const rest = names.filter((name) => !shown.has(name) && !/^libs-layer-[3-9]$/.test(name));
    expect(rest).toEqual(['declared-packages-only']);
  });
});
