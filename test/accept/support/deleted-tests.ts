// Test sources with tests taken out: each that is about a thing, and what only they used.
import ts from 'typescript';
import type { Operation } from '#libs/contracts/contract.ts';
import { eachNode, textOf } from '#libs/tooling/contract-coverage.ts';
import { namesWord, testTitles, untestedOperations } from '#libs/tooling/test-titles.ts';
import type { SourceFile } from '#libs/tooling/tidy/source-file.ts';

/** A call of it(), test() or describe(), with what `each` and the like add. */
export interface TestCall {
  readonly node: ts.CallExpression;
  readonly title: string;
  readonly isChapter: boolean;
  readonly text: string;
}

const maker = /^(describe|it|test)\b/;

const parse = ({ path, text }: SourceFile): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

function testCalls(tree: ts.SourceFile): readonly TestCall[] {
  const found: TestCall[] = [];
  eachNode(tree, (node) => {
    if (!ts.isCallExpression(node)) return;
    const called = node.expression.getText(tree);
    const first = node.arguments[0];
    if (!maker.test(called) || first === undefined || node.arguments.length < 2) return;
    const title = textOf(first) ?? first.getText(tree);
    const text = node.getText(tree);
    found.push({ node, title, isChapter: called.startsWith('describe'), text });
  });
  return found;
}

/** The file without the calls' statements, and without what nothing refers to any more. */
function without(file: SourceFile, tree: ts.SourceFile, calls: readonly TestCall[]): SourceFile {
  // By UTF-16 units, as the parser counts.
  const units = file.text.split('');
  for (const { node } of calls) units.fill(' ', node.getStart(tree), node.end);
  return pruned({ path: file.path, text: units.join('') });
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement)) return [statement.name?.text ?? ''];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : [],
  );
}

/** Statements at any depth that declare names, with these names. */
function declarations(tree: ts.SourceFile) {
  const found: { readonly statement: ts.Statement; readonly names: readonly string[] }[] = [];
  eachNode(tree, (node) => {
    if (!ts.isFunctionDeclaration(node) && !ts.isVariableStatement(node)) return;
    const names = declaredNames(node);
    if (names.length > 0) found.push({ statement: node, names });
  });
  return found;
}

/** Unused declarations fail the check by themselves, so whoever deletes a test deletes them too. */
function pruned(file: SourceFile): SourceFile {
  for (let { text } = file; ; ) {
    const tree = parse({ path: file.path, text });
    const uses = new Map<string, number>();
    eachNode(tree, (node) => {
      if (ts.isIdentifier(node)) uses.set(node.text, (uses.get(node.text) ?? 0) + 1);
    });
    const unused = declarations(tree).filter(({ names }) =>
      names.every((name) => uses.get(name) === 1),
    );
    if (unused.length === 0) return { path: file.path, text };
    const units = text.split('');
    for (const { statement } of unused) units.fill(' ', statement.getStart(tree), statement.end);
    text = units.join('');
  }
}

/** Every test whose text fits taken out; a chapter only where its own title makes it fit. */
export function withoutTests(
  files: readonly SourceFile[],
  mayConcern: (file: SourceFile) => boolean,
  isAbout: (call: TestCall, file: SourceFile) => boolean,
): readonly SourceFile[] {
  return files.map((file) => {
    if (!mayConcern(file)) return file;
    const tree = parse(file);
    const calls = testCalls(tree).filter((call) => isAbout(call, file));
    return calls.length === 0 ? file : without(file, tree, calls);
  });
}

const holdsLiteral = (node: ts.Node, word: string): boolean => {
  let isHeld = false;
  eachNode(node, (inner) => {
    if (textOf(inner) === word) isHeld = true;
  });
  return isHeld;
};

const mentionsAny = (node: ts.Node, names: ReadonlySet<string>): boolean => {
  let isMentioned = false;
  eachNode(node, (inner) => {
    if (ts.isIdentifier(inner) && names.has(inner.text)) isMentioned = true;
  });
  return isMentioned;
};

/** A test that has the code as a literal, or in data of the file; its chapter may hold others. */
export const provokes =
  (code: string) =>
  ({ node, isChapter }: TestCall): boolean => {
    if (isChapter) return false;
    const data = declarations(node.getSourceFile()).filter(
      ({ statement }) => ts.isVariableStatement(statement) && holdsLiteral(statement, code),
    );
    const names = new Set(data.flatMap((declaration) => declaration.names));
    return holdsLiteral(node, code) || mentionsAny(node, names);
  };

/** A test, or a chapter, whose title names the rule. */
export const namesRule =
  (rule: string) =>
  ({ title }: TestCall): boolean =>
    namesWord(title, rule);

/** Nobody's: stands beside the operation in a title, so that a call of it must be shown. */
const nobody: Operation = {
  method: 'get',
  path: '/nobody',
  kind: 'read',
  public: true,
  admission: {},
  problems: [],
  takesIdempotencyKey: false,
  takesIfMatch: false,
};

/** Whether the test makes the call, itself or by the helpers of its file. */
function calls(id: string, operation: Operation, call: TestCall, file: SourceFile): boolean {
  const helpers = parse(file)
    .statements.filter((statement) => declaredNames(statement).length > 0)
    .map((statement) => statement.getFullText());
  const text = `${helpers.join('\n')}\ndescribe('${id} nobody', () => { ${call.text} });`;
  const operations = new Map([
    [id, operation],
    ['nobody', nobody],
  ]);
  return !untestedOperations(testTitles({ path: file.path, text }), operations).includes(id);
}

/**
 * A test or chapter that is about this operation alone by its title; in a chapter about several,
 * each test that calls it.
 */
export function isTestOf(
  id: string,
  operations: ReadonlyMap<string, Operation>,
): (call: TestCall, file: SourceFile) => boolean {
  const operation = operations.get(id) ?? nobody;
  const namedIn = (title: string): number =>
    [...operations.keys()].filter((name) => namesWord(title, name)).length;
  return (call, file) => {
    if (namesWord(call.title, id) && (!call.isChapter || namedIn(call.title) === 1)) return true;
    if (call.isChapter) return false;
    const chapter = chapterOf(call.node);
    return chapter !== undefined && namesWord(chapter, id) && calls(id, operation, call, file);
  };
}

function chapterOf(node: ts.Node): string | undefined {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if (!ts.isCallExpression(at) || !at.expression.getText().startsWith('describe')) continue;
    return textOf(at.arguments[0]);
  }
  return undefined;
}
