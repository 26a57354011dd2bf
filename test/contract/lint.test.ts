import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './repository.ts';

/** Each text stands in a file of a domain. */
const refused: [string, string][] = [
  ['noConsole', "console.log('x');\n"],
  ['noProcessEnv', 'export const a = process.env.A;\n'],
  ['noDefaultExport', 'export default 1;\n'],
  ['noEnum', 'export enum A {\n  B,\n}\n'],
  ['noExplicitAny', 'export const a: any = 1;\n'],
  ['noNonNullAssertion', 'export const a = (b?: string): string => b!;\n'],
  ['noBarrelFile', "export * from './a.ts';\n"],
  ['useImportType', "import { A } from './a.ts';\nexport const b = (a: A): A => a;\n"],
  ['noUnusedImports', "import { a } from './a.ts';\nexport const b = 1;\n"],
  ['useNodejsImportProtocol', "import fs from 'fs';\nexport const a = fs;\n"],
];

const allowed: [string, string][] = [
  ['services/registry/config.ts', 'export const a = process.env;\n'],
  ['services/registry/main.ts', "console.error('x');\n"],
];

const folder = mkdtempSync(join(tmpdir(), 'quanji-lint-'));
let report = '';

const pathOf = (rule: string): string => `services/registry/domain/${rule.toLowerCase()}.ts`;

beforeAll(() => {
  for (const [path, text] of [
    ...refused.map(([rule, text]): [string, string] => [pathOf(rule), text]),
    ...allowed,
  ]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const config = `--config-path=${join(root, 'libs/tooling/format-and-lint.json')}`;
  const parameters = ['lint', config, '--reporter=github', '--max-diagnostics=none', '.'];
  const run = spawnSync(process.execPath, [biome, ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
  report = `${run.stdout}${run.stderr}`;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const linesOn = (path: string): string[] =>
  report.split('\n').filter((line) => line.includes(path));

describe('the linter', () => {
  it.each(refused)('refuses by %s', (rule) => {
    expect(linesOn(pathOf(rule)).join()).toContain(`/${rule},`);
  });

  it.each(allowed)('allows in %s what belongs there', (path) => {
    expect(linesOn(path)).toEqual([]);
  });
});
