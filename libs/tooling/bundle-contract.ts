// Bundles one contract of openapi/ with the shared components it refers to, into one document.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

export type JsonObject = { [name: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readYaml = (file: string): JsonObject => {
  const document: unknown = parse(readFileSync(file, 'utf8'));
  if (!isJsonObject(document)) throw new Error(`${file}: not an OpenAPI document`);
  return document;
};

const child = (parent: JsonObject, name: string): JsonObject => {
  const value = parent[name] ?? {};
  if (!isJsonObject(value)) throw new Error(`${name} is not an object`);
  parent[name] = value;
  return value;
};

const referencePattern = /^([^#]*)#\/components\/(\w+)\/([\w.-]+)$/;

/** Reads a contract; references may only lead to components, in this file or in another one. */
export const bundleContract = (contractFile: string): JsonObject => {
  const documents = new Map<string, JsonObject>();
  const documentAt = (file: string): JsonObject => {
    const known = documents.get(file) ?? readYaml(file);
    documents.set(file, known);
    return known;
  };
  const contract = documentAt(contractFile);
  const components = child(contract, 'components');
  const origins = new Map<string, string>();

  const fetchComponent = (file: string, kind: string, name: string): void => {
    const key = `${kind}/${name}`;
    const origin = origins.get(key);
    if (origin === file) return;
    if (origin !== undefined) throw new Error(`${key} comes from ${origin} and from ${file}`);
    origins.set(key, file);
    const source = child(child(documentAt(file), 'components'), kind)[name];
    if (source === undefined) throw new Error(`${file} has no component ${key}`);
    child(components, kind)[name] = rewrite(source, file);
  };

  const rewriteReference = (reference: string, file: string): string => {
    const [, target = '', kind = '', name = ''] = referencePattern.exec(reference) ?? [];
    if (kind === '') throw new Error(`${file}: the reference ${reference} is not to a component`);
    const targetFile = target === '' ? file : join(dirname(file), target);
    if (targetFile !== contractFile) fetchComponent(targetFile, kind, name);
    return `#/components/${kind}/${name}`;
  };

  const rewrite = (value: unknown, file: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => rewrite(item, file));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        name === '$ref' && typeof item === 'string'
          ? rewriteReference(item, file)
          : rewrite(item, file),
      ]),
    );
  };

  for (const [kind, entries] of Object.entries(components)) {
    if (!isJsonObject(entries)) continue;
    for (const [name, entry] of Object.entries(entries)) {
      const own = `#/components/${kind}/${name}`;
      const isAlias =
        isJsonObject(entry) && typeof entry.$ref === 'string' && entry.$ref.endsWith(own);
      const rewritten = rewrite(entry, contractFile);
      if (!isAlias) entries[name] = rewritten;
    }
  }
  const paths = rewrite(contract.paths ?? {}, contractFile);
  return { ...contract, paths, components };
};
