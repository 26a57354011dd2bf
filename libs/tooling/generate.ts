// `npm run generate`: writes every generated file; with --check, fails when one differs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateContracts } from './generate-contracts.ts';
import { generateProblems } from './generate-problems.ts';
import type { GeneratedFile } from './generated-file.ts';

const root = join(import.meta.dirname, '../..');

const currentText = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

const writeFile = (file: GeneratedFile): void => {
  const path = join(root, file.path);
  if (currentText(path) === file.text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.text);
  console.log(`generated ${file.path}`);
};

const differs = (file: GeneratedFile): boolean => {
  const same = currentText(join(root, file.path)) === file.text;
  if (!same) console.error(`${file.path} differs from its source; run \`npm run generate\``);
  return !same;
};

/** The database types need a migrated database, so they are generated in a process of its own. */
const generateDatabaseTypes = (flags: readonly string[]): boolean => {
  const script = join(root, 'libs/tooling/generate-database.ts');
  if (!existsSync(script)) return true;
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, ...flags], {
    cwd: root,
    stdio: 'inherit',
    timeout: 120_000,
  });
  return run.status === 0;
};

const flags = process.argv.slice(2);
const check = flags.includes('--check');
const contracts = await generateContracts(root);
const files = [...generateProblems(root), ...contracts.files];
for (const fault of contracts.faults) console.error(fault);
const differing = check ? files.filter(differs) : [];
if (!check) files.forEach(writeFile);
const databaseFine = flags.includes('--no-database') || generateDatabaseTypes(check ? flags : []);
const fine = differing.length === 0 && contracts.faults.length === 0 && databaseFine;
process.exitCode = fine ? 0 : 1;
