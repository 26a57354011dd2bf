// Checks of the syntax tree: sizes of functions, calls and casts that are banned where they stand.
import ts from 'typescript';
import { type Finding, isTypeScript, type SourceFile, type TidyCheck } from './source-file.ts';

const functionLinesMax = 60;
const testPath = /^test\//;

const parse = (file: SourceFile): ts.SourceFile =>
  ts.createSourceFile(
    file.path,
    file.text,
    ts.ScriptTarget.Latest,
    true,
    file.path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );

const lineOf = (tree: ts.SourceFile, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1;

const visit = (node: ts.Node, look: (node: ts.Node) => void): void => {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
};

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node);

/** `describe('…', () => {…})` is a chapter, not a function. */
const isChapter = (node: ts.Node): boolean => {
  const call = node.parent;
  return (
    call !== undefined && ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText())
  );
};

/** Lines of SQL in template literals and of functions within, which are sized by themselves. */
const innerLines = (tree: ts.SourceFile, node: ts.Node): number => {
  let count = 0;
  const look = (inner: ts.Node): void => {
    const isTemplate = ts.isTemplateExpression(inner) || ts.isNoSubstitutionTemplateLiteral(inner);
    if (isTemplate || isFunction(inner)) {
      count += lineOf(tree, inner.getEnd()) - lineOf(tree, inner.getStart(tree));
    } else {
      ts.forEachChild(inner, look);
    }
  };
  ts.forEachChild(node, look);
  return count;
};

const functionFindings = (file: SourceFile, tree: ts.SourceFile, node: ts.Node): Finding[] => {
  if (!isFunction(node) || isChapter(node)) return [];
  const first = lineOf(tree, node.getStart(tree));
  const count = lineOf(tree, node.getEnd()) - first + 1 - innerLines(tree, node);
  return count <= functionLinesMax
    ? []
    : [{ path: file.path, line: first, message: `a function of ${count} lines; at most 60` }];
};

interface BannedCall {
  /** The callee as written. */
  readonly callee: RegExp;
  readonly instead: string;
  readonly allowed: RegExp;
}

const bannedCalls: readonly BannedCall[] = [
  {
    callee: /^(Date\.now|new Date)$/,
    instead: 'take the injected Clock of libs/time',
    allowed: /^(libs\/time\/|test\/|services\/portal\/web\/|services\/launcher\/)/,
  },
  {
    callee: /^Math\.random$/,
    instead: 'take ids from libs/ids, random bytes from node:crypto',
    allowed: /^test\//,
  },
  {
    callee: /^(parseFloat|Number\.parseFloat|Number)$/,
    instead: 'quantities and money are bigint: libs/quantity',
    allowed:
      /^(libs\/|test\/|migrations\/|services\/(launcher|portal|demo)\/|services\/[^/]+\/(config\.ts|domain\/objects\/))/,
  },
  {
    callee: /^(fetch|setTimeout|setInterval)$/,
    instead: 'the domain is pure and synchronous',
    allowed: /^(?!services\/[^/]+\/domain\/)/,
  },
];

const calleeOf = (node: ts.Node): string | undefined => {
  if (ts.isCallExpression(node)) return node.expression.getText();
  if (ts.isNewExpression(node)) return `new ${node.expression.getText()}`;
  return undefined;
};

const callFindings = (file: SourceFile, tree: ts.SourceFile, node: ts.Node): Finding[] => {
  const callee = calleeOf(node);
  if (callee === undefined) return [];
  return bannedCalls
    .filter((banned) => banned.callee.test(callee) && !banned.allowed.test(file.path))
    .map((banned) => ({
      path: file.path,
      line: lineOf(tree, node.getStart(tree)),
      message: `${callee}: ${banned.instead}`,
    }));
};

/** Casts belong to codecs, row mappers and brand constructors: not to rules and use cases. */
const castFree = /^services\/[^/]+\/(domain(?!\/objects\/)|use-cases)\//;

const castFindings = (file: SourceFile, tree: ts.SourceFile, node: ts.Node): Finding[] => {
  if (!castFree.test(file.path) || !ts.isAsExpression(node)) return [];
  if (node.type.getText(tree) === 'const') return [];
  const line = lineOf(tree, node.getStart(tree));
  return [{ path: file.path, line, message: '`as` outside codecs, row mappers and brands' }];
};

const isAsync = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);

const domainFindings = (file: SourceFile, tree: ts.SourceFile, node: ts.Node): Finding[] => {
  if (!/^services\/[^/]+\/domain\//.test(file.path) || !isAsync(node)) return [];
  const line = lineOf(tree, node.getStart(tree));
  return [{ path: file.path, line, message: 'the domain is pure and synchronous' }];
};

export const checkCode: TidyCheck = (file) => {
  if (!isTypeScript(file)) return [];
  const tree = parse(file);
  const findings: Finding[] = [];
  visit(tree, (node) => {
    findings.push(
      ...functionFindings(file, tree, node),
      ...callFindings(file, tree, node),
      ...(testPath.test(file.path) ? [] : castFindings(file, tree, node)),
      ...domainFindings(file, tree, node),
    );
  });
  return findings;
};
