// Which operations and rules the tests are about: by their titles and by the calls that they make.
import ts from 'typescript';
import type { Operation } from '../contracts/contract.ts';
import { eachNode, parseSource, textOf } from './contract-coverage.ts';
import type { SourceFile } from './tidy/source-file.ts';

const testMakers = /^(describe|it|test)\b(?!.*\.(skip|todo)\b)/;

/** A text that a chapter passes on: an operation id, or a path with `*` for what is filled in. */
export interface Mention {
  /** What it is an argument of, if of anything. */
  readonly callee: string;
  readonly text: string;
}

export interface TestTitle {
  readonly text: string;
  /** Of a describe(), which may hold several tests: the texts within, and in the file's helpers. */
  readonly mentions?: readonly Mention[];
}

/** The text of a literal, a template's fillings as `*`. */
const patternText = (node: ts.Node): string | undefined => {
  if (!ts.isTemplateExpression(node)) return textOf(node);
  return node.head.text + node.templateSpans.map(({ literal }) => `*${literal.text}`).join('');
};

interface Part {
  readonly mentions: readonly Mention[];
  readonly identifiers: ReadonlySet<string>;
}

const readPart = (tree: ts.SourceFile, part: ts.Node): Part => {
  const mentions: Mention[] = [];
  const identifiers = new Set<string>();
  const arguments_ = new Map<ts.Node, string>();
  eachNode(part, (node) => {
    if (ts.isIdentifier(node)) identifiers.add(node.text);
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText(tree);
      for (const argument of node.arguments) arguments_.set(argument, callee);
    }
    const text = patternText(node);
    if (text !== undefined) mentions.push({ callee: arguments_.get(node) ?? '', text });
  });
  return { mentions, identifiers };
};

/** The functions and constants of a file that its chapters may use. */
const readParts = (tree: ts.SourceFile): Map<string, Part> => {
  const parts = new Map<string, Part>();
  for (const statement of tree.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
      parts.set(statement.name.text, readPart(tree, statement));
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer !== undefined) {
        parts.set(name.text, readPart(tree, initializer));
      }
    }
  }
  return parts;
};

/** What a chapter mentions itself and through the helpers that it uses. */
const mentionsOf = (chapter: Part, helpers: ReadonlyMap<string, Part>): Mention[] => {
  const used = new Map<string, Part>();
  const waiting = [...chapter.identifiers];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const helper = helpers.get(name);
    if (helper === undefined || used.has(name)) continue;
    used.set(name, helper);
    waiting.push(...helper.identifiers);
  }
  return [chapter, ...used.values()].flatMap(({ mentions }) => mentions);
};

/** The titles of a test file's chapters and tests, but for those that are skipped. */
export const testTitles = (file: SourceFile): TestTitle[] => {
  const found: TestTitle[] = [];
  const tree = parseSource(file);
  const helpers = readParts(tree);
  eachNode(tree, (node) => {
    if (!ts.isCallExpression(node)) return;
    const maker = node.expression.getText(tree);
    const title = node.arguments[0];
    const text = title === undefined ? undefined : patternText(title);
    if (text === undefined || !testMakers.test(maker)) return;
    const isChapter = maker.startsWith('describe');
    const mentions = isChapter ? mentionsOf(readPart(tree, node), helpers) : undefined;
    found.push(mentions === undefined ? { text } : { text, mentions });
  });
  return found;
};

/** Whether a text names a word that is not part of a longer one. */
export const namesWord = (text: string, word: string): boolean =>
  new RegExp(`(^|[^\\w-])${word.replaceAll('-', '\\-')}($|[^\\w-])`).test(text);

/**
 * The words that no title names. A chapter that names several does not count: a test of one of them
 * could be deleted and the chapter still stand.
 */
export const unnamedWords = (titles: readonly TestTitle[], words: readonly string[]): string[] =>
  words.filter(
    (word) =>
      !titles.some(
        ({ text, mentions }) =>
          namesWord(text, word) &&
          (mentions === undefined || words.filter((w) => namesWord(text, w)).length === 1),
      ),
  );

const isCallOf = (id: string, operation: Operation, { callee, text }: Mention): boolean => {
  if (text === id) return true;
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  if (/get/i.test(name) && operation.method !== 'get') return false;
  if (/post|put|change/i.test(name) && operation.method === 'get') return false;
  const segments = text.replace(/\?.*$/, '').split('/');
  const wanted = operation.path.split('/');
  return (
    segments.length === wanted.length &&
    wanted.every((part, at) => part.startsWith('{') || part === segments[at])
  );
};

/**
 * The operations that no test is about. A test is about those that its title names; a chapter about
 * the only one that it names, or about those of several that it calls by id or path.
 */
export const untestedOperations = (
  titles: readonly TestTitle[],
  operations: ReadonlyMap<string, Operation>,
): string[] => {
  const unnamed = unnamedWords(titles, [...operations.keys()]);
  return unnamed.filter((id) => {
    const operation = operations.get(id);
    const chapters = titles.filter(({ text }) => namesWord(text, id));
    const mentions = chapters.flatMap((chapter) => chapter.mentions ?? []);
    return operation === undefined || !mentions.some((one) => isCallOf(id, operation, one));
  });
};
