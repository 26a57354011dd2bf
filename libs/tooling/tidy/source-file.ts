// The files that tidy reads: everything written by hand, found by walking the known folders.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** Below the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export type TidyCheck = (file: SourceFile) => Finding[];

const folders = ['libs', 'services', 'migrations', 'test', 'openapi', '.ci', 'docs'];
const skippedFolders = new Set(['generated', 'node_modules', 'dist', 'build', 'vectors', 'seed']);
const textFile = /\.(ts|tsx|mjs|cjs|js|json|yaml|yml|md|sql|sh|css|html|xml)$/;

const walk = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(root, path);
    return textFile.test(entry.name) || folder === '.ci' ? [path] : [];
  });

const rootFiles = (root: string): string[] =>
  readdirSync(root).filter(
    (name) =>
      textFile.test(name) && name !== 'package-lock.json' && statSync(join(root, name)).isFile(),
  );

/** All hand-written text files of the repository. */
export const readSourceFiles = (root: string): SourceFile[] =>
  [
    ...rootFiles(root),
    ...folders.filter((folder) => existsSync(join(root, folder))).flatMap((f) => walk(root, f)),
  ].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

export const isTypeScript = ({ path }: SourceFile): boolean => /\.tsx?$/.test(path);
