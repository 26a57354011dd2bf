// What sources say of contracts: the routes they make, the codes and rules they name.
import ts from 'typescript';
import type { SourceFile } from './tidy/source-file.ts';

export const eachNode = (node: ts.Node, look: (node: ts.Node) => void): void => {
  look(node);
  ts.forEachChild(node, (child) => eachNode(child, look));
};

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

export const parseSource = (file: SourceFile): ts.SourceFile => {
  const tree =
    parsed.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, false);
  parsed.set(file, tree);
  return tree;
};

export const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

const routeMakers = /(^|\.)(query|command|action)$/;

/** The operation ids that a file's routes are made for. */
export const routedOperations = (file: SourceFile): string[] => {
  const found: string[] = [];
  const tree = parseSource(file);
  eachNode(tree, (node) => {
    if (!ts.isCallExpression(node) || !routeMakers.test(node.expression.getText(tree))) return;
    const id = textOf(node.arguments[0]);
    // `client.query('select …', […])` is no route.
    if (id !== undefined && /^[a-z]\w*$/i.test(id) && node.arguments.length === 2) found.push(id);
  });
  return found;
};

/** Every string literal of a file, so that a code in a comment does not count. */
export const stringLiterals = (file: SourceFile): Set<string> => {
  const found = new Set<string>();
  eachNode(parseSource(file), (node) => {
    const text = textOf(node);
    if (text !== undefined) found.add(text);
  });
  return found;
};

/** The codes that a file refuses with: `refuse('code', …)`. */
export const refusedCodes = (file: SourceFile): string[] => {
  if (!file.text.includes('refuse(')) return [];
  const found: string[] = [];
  const tree = parseSource(file);
  eachNode(tree, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText(tree) !== 'refuse') return;
    const code = textOf(node.arguments[0]);
    if (code !== undefined) found.push(code);
  });
  return found;
};

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
