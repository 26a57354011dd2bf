// Acceptance 2: without the test of any one operation, problem code or rule the check fails.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { rulesOf, stringLiterals } from '#libs/tooling/contract-coverage.ts';
import { testTitles, unnamedWords, untestedOperations } from '#libs/tooling/test-titles.ts';
import type { SourceFile } from '#libs/tooling/tidy/source-file.ts';
import { contracts, root, sourceFiles, testFiles } from '../contract/repository.ts';
import { isTestOf, namesRule, provokes, withoutTests } from './support/deleted-tests.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const copy = mkdtempSync(join(tmpdir(), 'quanji-line-2-'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const codes = Object.keys(problemCatalogue);
const rules = sourceFiles
  .filter(({ path }) => /^services\/[^/]+\/domain\/RULES\.md$/.test(path))
  .flatMap(rulesOf);
const operations = contracts.flatMap((contract) =>
  [...contract.operations.keys()].map((id) => ({ id, contract })),
);

const holding =
  (word: string) =>
  ({ text }: SourceFile): boolean =>
    text.includes(word);

const withoutCode = (code: string): readonly SourceFile[] =>
  withoutTests(testFiles, holding(code), provokes(code));
const withoutRule = (rule: string): readonly SourceFile[] =>
  withoutTests(testFiles, holding(rule), namesRule(rule));
const withoutOperation = ({ id, contract }: (typeof operations)[number]): readonly SourceFile[] =>
  withoutTests(contract.tests, holding(id), isTestOf(id, contract.operations));

/** The same questions that the contract tests ask. */
const unprovoked = (files: readonly SourceFile[]): readonly string[] => {
  const literals = new Set(files.flatMap((file) => [...stringLiterals(file)]));
  return codes.filter((code) => !literals.has(code));
};

describe('acceptance 2', () => {
  it('the check misses the test of any one operation', () => {
    const missed = operations.filter((operation) => {
      const files = withoutOperation(operation);
      const { contract, id } = operation;
      return !untestedOperations(files.flatMap(testTitles), contract.operations).includes(id);
    });
    say(`operations: ${operations.length}, deletion noticed: ${operations.length - missed.length}`);
    expect(missed.map(({ id }) => id)).toEqual([]);
  });

  it('the check misses the test of any one problem code', () => {
    const missed = codes.filter((code) => !unprovoked(withoutCode(code)).includes(code));
    say(`problem codes: ${codes.length}, deletion noticed: ${codes.length - missed.length}`);
    expect(missed).toEqual([]);
  });

  it('the check misses the test of any one rule', () => {
    const missed = rules.filter(
      (rule) => !unnamedWords(withoutRule(rule).flatMap(testTitles), rules).includes(rule),
    );
    say(`rules: ${rules.length}, deletion noticed: ${rules.length - missed.length}`);
    expect(rules.length).toBeGreaterThan(0);
    expect(missed).toEqual([]);
  });

  it('npm run check fails and names what lost its test', () => {
    // Its last step runs every test of this project; only the three two-way ones run here.
    const step = sourceFiles.find(({ path }) => path === 'libs/tooling/check.ts');
    expect(step?.text).toContain("command: vitest('unit', 'contract')");
    const parts = ['libs', 'services', 'migrations', 'openapi', 'test', 'package.json'];
    for (const part of [...parts, 'package-lock.json', 'tsconfig.json', '.gitignore']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    expect(checkOf([])).toBe('');
    const lost = {
      operation: 'getBusinessDay',
      code: 'certificate-number-invalid',
      rule: 'R16',
    };
    const operation = operations.find(({ id }) => id === lost.operation);
    if (operation === undefined) throw new Error(`no operation ${lost.operation}`);
    const changed = [
      [lost.operation, withoutOperation(operation)],
      [lost.code, withoutCode(lost.code)],
      [lost.rule, withoutRule(lost.rule)],
    ] as const;
    for (const [name, files] of changed) {
      const told = checkOf(files);
      say(`npm run check without the test of ${name}: ${told.trim().split('\n').at(-1)}`);
      expect(told).toContain(name);
    }
  });
});

/** What the two-way checks of `npm run check` print when they fail on the changed tests. */
function checkOf(files: readonly SourceFile[]): string {
  const before = new Map(sourceFiles.map(({ path, text }) => [path, text]));
  const changed = files.filter(({ path, text }) => before.get(path) !== text);
  for (const { path, text } of changed) writeFileSync(join(copy, path), text);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'],
      ...['--project', 'contract'],
      ...['operations', 'problems', 'rules'].map((name) => `test/contract/${name}.test.ts`),
    ],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, VITEST: undefined, NO_COLOR: '1' } },
  );
  for (const { path } of changed) writeFileSync(join(copy, path), before.get(path) ?? '');
  return status === 0 ? '' : stderr + stdout;
}
