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

/** Gathers components from other files into a contract, rewriting references on the way. */
class Bundle {
  readonly #contractFile: string;
  readonly #documents = new Map<string, JsonObject>();
  readonly #origins = new Map<string, string>();
  readonly contract: JsonObject;
  readonly components: JsonObject;

  constructor(contractFile: string) {
    this.#contractFile = contractFile;
    this.contract = this.#documentAt(contractFile);
    this.components = child(this.contract, 'components');
  }

  #documentAt(file: string): JsonObject {
    const known = this.#documents.get(file) ?? readYaml(file);
    this.#documents.set(file, known);
    return known;
  }

  fetch(file: string, kind: string, name: string): void {
    const key = `${kind}/${name}`;
    const origin = this.#origins.get(key);
    if (origin === file) return;
    if (origin !== undefined) throw new Error(`${key} comes from ${origin} and from ${file}`);
    this.#origins.set(key, file);
    const source = child(child(this.#documentAt(file), 'components'), kind)[name];
    if (source === undefined) throw new Error(`${file} has no component ${key}`);
    child(this.components, kind)[name] = this.rewrite(source, file);
  }

  #rewriteReference(reference: string, file: string): string {
    const [, target = '', kind = '', name = ''] = referencePattern.exec(reference) ?? [];
    if (kind === '') throw new Error(`${file}: the reference ${reference} is not to a component`);
    const targetFile = target === '' ? file : join(dirname(file), target);
    if (targetFile !== this.#contractFile) this.fetch(targetFile, kind, name);
    return `#/components/${kind}/${name}`;
  }

  rewrite(value: unknown, file: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.rewrite(item, file));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        name === '$ref' && typeof item === 'string'
          ? this.#rewriteReference(item, file)
          : this.rewrite(item, file),
      ]),
    );
  }

  /** `Problem: { $ref: other.yaml#/…/Problem }` is the other file's component itself. */
  rewriteComponents(): void {
    for (const [kind, entries] of Object.entries(this.components)) {
      if (!isJsonObject(entries)) continue;
      for (const [name, entry] of Object.entries(entries)) {
        const own = `#/components/${kind}/${name}`;
        const isAlias =
          isJsonObject(entry) && typeof entry.$ref === 'string' && entry.$ref.endsWith(own);
        const rewritten = this.rewrite(entry, this.#contractFile);
        if (!isAlias) entries[name] = rewritten;
      }
    }
  }
}

const sharedFile = join(import.meta.dirname, '../../openapi/shared/platform.yaml');

/** Reads a contract; references may only lead to components, in this file or in another one. */
export const bundleContract = (contractFile: string): JsonObject => {
  const bundle = new Bundle(contractFile);
  bundle.rewriteComponents();
  // Every contract speaks of the same two schemes, so it need not repeat them.
  const schemes = child(bundle.components, 'securitySchemes');
  for (const name of ['person', 'service']) {
    if (schemes[name] === undefined) bundle.fetch(sharedFile, 'securitySchemes', name);
  }
  const paths = bundle.rewrite(bundle.contract.paths ?? {}, contractFile);
  return { ...bundle.contract, paths, components: bundle.components };
};
