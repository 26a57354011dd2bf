// Checks of a file's text: its size, its lines, its head, its name, and what must not stand in it.
import { type Finding, isTypeScript, type SourceFile, type TidyCheck } from './source-file.ts';

const linesMax = 400;
const columnsMax = 100;
const literalColumnsMax = 120;

const linesOf = (file: SourceFile): string[] => file.text.split('\n');

export const checkFileSize: TidyCheck = (file) => {
  const count = linesOf(file).length - 1;
  if (!isTypeScript(file) || count <= linesMax) return [];
  return [{ path: file.path, line: linesMax, message: `${count} lines; at most ${linesMax}` }];
};

const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line);

/** An address, an import, a title or a single literal that nobody could break. */
const isUnbreakable = (line: string): boolean =>
  /https?:\/\/\S{40}/.test(line) ||
  /^(import|export) .* from '[^']+';$/.test(line) ||
  /^\s*(it|test|describe)\(/.test(line) ||
  /^\s*[\w.]*:?\s*(['"`/]).*\1\w*[,;)\]]*$/.test(line);

/** The formatter breaks code at 100 columns; this looks at what it leaves: comments and texts. */
export const checkLineLength: TidyCheck = (file) => {
  if (!isTypeScript(file)) return [];
  return linesOf(file).flatMap((line, index) => {
    const columns = [...line].length;
    const max = isComment(line) ? columnsMax : literalColumnsMax;
    return columns <= max || isUnbreakable(line)
      ? []
      : [{ path: file.path, line: index + 1, message: `${columns} columns; at most ${max}` }];
  });
};

export const checkFileHead: TidyCheck = (file) => {
  if (!/\.(ts|tsx|mjs)$/.test(file.path) || file.path.endsWith('.test.ts')) return [];
  const first = file.text.replace(/^#!.*\n/, '').trimStart();
  return first.startsWith('//') || first.startsWith('/*')
    ? []
    : [{ path: file.path, line: 1, message: 'the head says in one sentence what lives here' }];
};

const fileName = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const migrationName = /^[0-9]{4}_[a-z0-9_]+\.ts$/;
const refusedWords = /(^|[-/])(utils?|helpers?|managers?|common|misc|data|info)(\/|\.tsx?$)/;

export const checkFileName: TidyCheck = ({ path }) => {
  const name = path.split('/').at(-1) ?? '';
  if (!path.includes('/') || !/\.(ts|tsx|mjs)$/.test(name)) return [];
  if (!fileName.test(name) && !migrationName.test(name)) {
    return [{ path, line: 1, message: 'file names are kebab-case' }];
  }
  return refusedWords.test(path) && !path.startsWith('test/')
    ? [{ path, line: 1, message: 'the name has a refused word (util, helper, common, …)' }]
    : [];
};

interface RefusedText {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly except?: RegExp;
}

const tidyItself = /^(libs\/tooling\/tidy\/|test\/contract\/tidy)/;

const refusedTexts: readonly RefusedText[] = [
  {
    pattern: /(^|[\s'"`(])\/work\/|\.\.\/shared\/|\/root\/|\/home\/\w+\//,
    instead: 'a path of one machine: say it relative to the repository',
  },
  { pattern: /\bFIXME\b|\bHACK\b/, instead: 'repair it, or TODO(#issue)' },
  { pattern: /\bTODO\b(?!\(#\d+\))/, instead: 'a TODO carries an issue number: TODO(#12)' },
  { pattern: /\bvi\.(mock|doMock)\(/, instead: 'no mocks of our own code: a fake clock or ids' },
  { pattern: /\bselectAll\(/, instead: 'name the columns' },
  { pattern: /@ts-(ignore|nocheck)/, instead: 'repair the type' },
  { pattern: /eslint-disable(?!.*--\s*\S)/, instead: 'give the reason after --' },
  { pattern: /in production(,)? (you|one|we) would/i, instead: 'do it, or leave it out' },
];

export const checkRefusedTexts: TidyCheck = (file) => {
  if (tidyItself.test(file.path)) return [];
  const lines = linesOf(file);
  return refusedTexts.flatMap(({ pattern, instead }) =>
    lines.flatMap((line, index): Finding[] =>
      pattern.test(line) ? [{ path: file.path, line: index + 1, message: instead }] : [],
    ),
  );
};
