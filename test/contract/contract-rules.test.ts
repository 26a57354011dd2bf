import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleContract, type JsonObject } from '#libs/tooling/bundle-contract.ts';
import { checkObjectSchemas } from '#libs/tooling/check-object-schemas.ts';
import { readProblemCatalogue } from '#libs/tooling/generate-problems.ts';
import { readOperations } from '#libs/tooling/read-operations.ts';

const key = { name: 'Idempotency-Key', in: 'header' };
const read = { operationId: 'getX', tags: ['read'], security: [] };
const write = {
  operationId: 'doX',
  tags: ['write'],
  security: [{ person: [] }],
  parameters: [key],
};

const operationsOf = (method: string, operation: JsonObject): unknown =>
  readOperations('sample', { paths: { '/x': { [method]: operation } } });

describe('an operation of a contract is refused', () => {
  it.each<[string, string, JsonObject, RegExp]>([
    ['without operationId', 'get', { ...read, operationId: undefined }, /no operationId/],
    ['without a tag of its kind', 'get', { ...read, tags: ['other'] }, /exactly one tag/],
    ['with two kinds', 'get', { ...read, tags: ['read', 'write'] }, /exactly one tag/],
    ['without security', 'get', { ...read, security: undefined }, /has no security/],
    ['with an unknown scheme', 'get', { ...read, security: [{ other: [] }] }, /one of person/],
    [
      'with two schemes at once',
      'get',
      { ...read, security: [{ person: [], service: ['a'] }] },
      /one/,
    ],
    ['open to no service', 'get', { ...read, security: [{ service: [] }] }, /names no service/],
    ['that writes by GET', 'get', { ...write }, /write by GET/],
    ['that writes without a key', 'post', { ...write, parameters: [] }, /IdempotencyKey/],
  ])('%s', (_name, method, operation, message) => {
    expect(() => operationsOf(method, operation)).toThrow(message);
  });

  it('whose id is used twice', () => {
    const document = { paths: { '/x': { get: read }, '/y': { get: read } } };
    expect(() => readOperations('sample', document)).toThrow(/used twice/);
  });

  it('but not when it keeps the rules', () => {
    expect(operationsOf('post', write)).toEqual(
      new Map([
        [
          'doX',
          {
            method: 'post',
            path: '/x',
            kind: 'write',
            public: false,
            admission: { person: [] },
            takesIdempotencyKey: true,
            takesIfMatch: false,
            problems: [],
          },
        ],
      ]),
    );
  });
});

describe('a schema', () => {
  it('is refused when it lets unknown fields through', () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } };
    const document = (schema: JsonObject): JsonObject => ({
      components: { schemas: { A: schema } },
    });
    expect(() => checkObjectSchemas('sample', document(open))).toThrow('#/components/schemas/A');
    const closed = { ...open, additionalProperties: false };
    expect(() => checkObjectSchemas('sample', document(closed))).not.toThrow();
  });
});

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const repositoryWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quanji-contract-'));
  folders.push(folder);
  mkdirSync(join(folder, 'openapi/problems'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
};

const entry = (code: string, zh: string, en: string): string =>
  `${code}: { status: 409, title: { zh: 甲, en: A }, detail: { zh: "${zh}", en: "${en}" } }\n`;

describe('the catalogue of problems', () => {
  const catalogueOf = (shared: string, own: string): unknown =>
    readProblemCatalogue(
      repositoryWith({ 'openapi/problems.yaml': shared, 'openapi/problems/a.yaml': own }),
    );

  it('refuses a code given twice, unlike parameters, a missing language, a bad code', () => {
    const good = entry('a-b', '{x}', '{x}');
    expect(() => catalogueOf(good, good)).toThrow(/defined twice/);
    expect(() => catalogueOf(entry('a-b', '{x}', '{y}'), '')).toThrow(/different parameters/);
    expect(() => catalogueOf(entry('A_B', 'x', 'y'), '')).toThrow(/A_B/);
    const oneLanguage = 'a-b: { status: 409, title: { zh: 甲 }, detail: { zh: 甲, en: A } }\n';
    expect(() => catalogueOf(oneLanguage, '')).toThrow(/en/);
    expect(catalogueOf(good, '# nothing yet\n')).toHaveProperty('size', 1);
  });
});

describe('a bundle', () => {
  it('takes in what the contract refers to, and refuses references to anywhere else', () => {
    const folder = repositoryWith({
      'openapi/shared.yaml':
        'components: { schemas: { A: { $ref: "#/components/schemas/B" }, B: {} } }\n',
      'openapi/x.yaml': 'paths: { /x: { $ref: "./shared.yaml#/components/schemas/A" } }\n',
      'openapi/y.yaml': 'paths: { /x: { $ref: "./shared.yaml#/paths/y" } }\n',
      'openapi/z.yaml': 'paths: { /x: { $ref: "./shared.yaml#/components/schemas/C" } }\n',
    });
    expect(bundleContract(join(folder, 'openapi/x.yaml'))).toMatchObject({
      paths: { '/x': { $ref: '#/components/schemas/A' } },
      components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: {} } },
    });
    expect(() => bundleContract(join(folder, 'openapi/y.yaml'))).toThrow(/not to a component/);
    expect(() => bundleContract(join(folder, 'openapi/z.yaml'))).toThrow(/no component schemas\/C/);
  });
});
