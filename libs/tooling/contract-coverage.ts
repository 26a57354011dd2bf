// The two-way checks between contracts, sources and tests: what is missing on either side.
import ts from 'typescript';
import type { SourceFile } from './tidy/source-file.ts';

const eachNode = (node: ts.Node, look: (node: ts.Node) => void): void => {
  look(node);
  ts.forEachChild(node, (child) => eachNode(child, look));
};

const parse = (file: SourceFile): ts.SourceFile =>
  ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

const routeMakers = /(^|\.)(query|command|action)$/;

/** The operation ids that a file's routes are made for. */
export const routedOperations = (file: SourceFile): string[] => {
  const found: string[] = [];
  eachNode(parse(file), (node) => {
    if (!ts.isCallExpression(node) || !routeMakers.test(node.expression.getText())) return;
    const id = textOf(node.arguments[0]);
    // `client.query('select …', […])` is no route.
    if (id !== undefined && /^[a-z]\w*$/i.test(id) && node.arguments.length === 2) found.push(id);
  });
  return found;
};

const testMakers = /^(describe|it|test)\b/;

const titleText = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isTemplateExpression(node) ? node.getText() : textOf(node);

/** The titles of a test file's chapters and tests. */
export const testTitles = (file: SourceFile): string[] => {
  const found: string[] = [];
  eachNode(parse(file), (node) => {
    if (!ts.isCallExpression(node) || !testMakers.test(node.expression.getText())) return;
    const title = titleText(node.arguments[0]);
    if (title !== undefined) found.push(title);
  });
  return found;
};

/** Every string literal of a file, so that a code in a comment does not count. */
export const stringLiterals = (file: SourceFile): Set<string> => {
  const found = new Set<string>();
  eachNode(parse(file), (node) => {
    const text = textOf(node);
    if (text !== undefined) found.add(text);
  });
  return found;
};

/** The codes that a file refuses with: `refuse('code', …)`. */
export const refusedCodes = (file: SourceFile): string[] => {
  const found: string[] = [];
  eachNode(parse(file), (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'refuse') return;
    const code = textOf(node.arguments[0]);
    if (code !== undefined) found.push(code);
  });
  return found;
};

/** Whether a text names a word that is not part of a longer one. */
export const namesWord = (text: string, word: string): boolean =>
  new RegExp(`(^|[^\\w-])${word.replaceAll('-', '\\-')}($|[^\\w-])`).test(text);

const ruleId = /^\s*(?:#+\s*|\|\s*|-\s*)\**((?:[A-Z]+-)*[A-Z]+-?[0-9]+[a-z]?)\**\b/;

/** The rule ids of a RULES.md: at the head of a heading, a table row or a list item. */
export const rulesOf = (file: SourceFile): string[] => [
  ...new Set(file.text.split('\n').flatMap((line) => ruleId.exec(line)?.[1] ?? [])),
];

/** The rule ids that a file's comments cite: `Rule: R8, REG-PLEDGE-03.` */
export const citedRules = (file: SourceFile): string[] =>
  [...file.text.matchAll(/\bRule: ([^\n]*)/g)].flatMap(
    (match) => match[1]?.match(/\b(?:[A-Z]+-)*[A-Z]+-?[0-9]+[a-z]?\b/g) ?? [],
  );
