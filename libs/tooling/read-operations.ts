// Reads the operations of a bundled contract and refuses those that break the contracts' rules.
import type { Admission, HttpMethod, Operation, OperationKind } from '../contracts/contract.ts';
import { isJsonObject, type JsonObject } from './bundle-contract.ts';

const methods: readonly HttpMethod[] = ['get', 'post', 'put', 'patch', 'delete'];
const kinds: readonly OperationKind[] = ['read', 'write', 'operator'];

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const readKind = (operation: JsonObject): OperationKind => {
  const tags = strings(operation.tags);
  const [kind, ...more] = kinds.filter((candidate) => tags.includes(candidate));
  if (kind === undefined || more.length > 0) {
    throw new Error('needs exactly one tag of read, write and operator');
  }
  return kind;
};

const readAdmission = (operation: JsonObject): Pick<Operation, 'public' | 'admission'> => {
  if (!Array.isArray(operation.security)) throw new Error('has no security ([] for public)');
  const admission: { person?: string[]; service?: string[] } = {};
  for (const requirement of operation.security) {
    if (!isJsonObject(requirement)) throw new Error('has a broken security requirement');
    const [scheme, ...more] = Object.keys(requirement);
    if (more.length > 0 || (scheme !== 'person' && scheme !== 'service')) {
      throw new Error('security takes one of person and service in each requirement');
    }
    if (admission[scheme] !== undefined) throw new Error(`security names ${scheme} twice`);
    const names = strings(requirement[scheme]);
    if (scheme === 'service' && names.length === 0) throw new Error('security names no service');
    admission[scheme] = names;
  }
  return { public: operation.security.length === 0, admission: admission satisfies Admission };
};

const resolved = (document: JsonObject, value: unknown): JsonObject => {
  if (!isJsonObject(value)) return {};
  if (typeof value.$ref !== 'string') return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const components = isJsonObject(document.components) ? document.components : {};
  const entries = components[kind];
  return isJsonObject(entries) ? resolved(document, entries[name]) : {};
};

const readBody = (
  document: JsonObject,
  operation: JsonObject,
): Pick<Operation, 'requestMediaType' | 'bodyBytesMax'> => {
  const limit = operation['x-body-bytes-max'];
  const content = resolved(document, operation.requestBody).content;
  const mediaTypes = isJsonObject(content) ? Object.keys(content) : [];
  if (mediaTypes.length > 1) throw new Error('takes more than one media type');
  return {
    ...(mediaTypes[0] === undefined ? {} : { requestMediaType: mediaTypes[0] }),
    ...(typeof limit === 'number' ? { bodyBytesMax: limit } : {}),
  };
};

const takesHeader = (document: JsonObject, parameters: unknown[], header: string): boolean =>
  parameters.some((entry) => {
    const { in: place, name } = resolved(document, entry);
    return place === 'header' && typeof name === 'string' && name.toLowerCase() === header;
  });

const readOperation = (
  document: JsonObject,
  place: { method: HttpMethod; path: string; pathItem: JsonObject },
  operation: JsonObject,
): Operation => {
  const { method, path, pathItem } = place;
  const kind = readKind(operation);
  const parameters: unknown[] = [pathItem.parameters ?? [], operation.parameters ?? []].flat();
  const takesIdempotencyKey = takesHeader(document, parameters, 'idempotency-key');
  if (kind === 'write' && method === 'get') throw new Error('is a write by GET');
  const changes = method !== 'get' && kind !== 'read';
  if (changes && !takesIdempotencyKey) {
    throw new Error('changes something, so it takes the IdempotencyKey parameter');
  }
  return {
    method,
    path,
    kind,
    ...readAdmission(operation),
    takesIdempotencyKey,
    takesIfMatch: takesHeader(document, parameters, 'if-match'),
    problems: strings(operation['x-problems']),
    ...readBody(document, operation),
  };
};

/** The operations by id, in the order of the contract. Errors: a rule of the contracts broken. */
export const readOperations = (name: string, document: JsonObject): Map<string, Operation> => {
  const operations = new Map<string, Operation>();
  const paths = isJsonObject(document.paths) ? document.paths : {};
  for (const [path, pathItem] of Object.entries(paths)) {
    if (!isJsonObject(pathItem)) continue;
    for (const method of methods) {
      const operation = pathItem[method];
      if (!isJsonObject(operation)) continue;
      const id = operation.operationId;
      const where = `${name}: ${method} ${path}`;
      if (typeof id !== 'string') throw new Error(`${where} has no operationId`);
      if (operations.has(id)) throw new Error(`${where}: the operationId ${id} is used twice`);
      try {
        operations.set(id, readOperation(document, { method, path, pathItem }, operation));
      } catch (error) {
        throw new Error(`${where} (${id}) ${error instanceof Error ? error.message : ''}`);
      }
    }
  }
  return operations;
};
