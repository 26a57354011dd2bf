/** Canonical JSON by RFC 8785, refusing whatever JSON cannot carry without loss; browser-safe. */
import serialize from 'canonicalize';

const DEPTH_MAX = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** The value has no exact JSON form. `path` is a JSON pointer to the offending member. */
export class NotCanonicalError extends TypeError {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`no canonical JSON at '${path}': ${reason}`);
    this.name = 'NotCanonicalError';
    this.path = path;
  }
}

/**
 * The one canonical text of a JSON value (RFC 8785).
 * Errors: NotCanonicalError for bigint, undefined, NaN, infinities, lone surrogates, functions,
 * symbols, holes, class instances (dates, maps, typed arrays), cycles and depth beyond 64.
 */
export function canonicalJson(value: unknown): string {
  assertPlainJson(value, '', 0);
  const text = serialize(value);
  if (text === undefined) throw new NotCanonicalError('', 'nothing to serialise');
  return text;
}

/** The UTF-8 bytes of `canonicalJson(value)`: what is hashed and signed. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalJson(value));
}

function assertPlainJson(value: unknown, path: string, depth: number): void {
  // The depth limit also ends a walk round a cycle.
  if (depth > DEPTH_MAX) throw new NotCanonicalError(path, `deeper than ${DEPTH_MAX} levels`);
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      return assertWellFormed(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonicalError(path, 'not a finite number');
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) return assertPlainArray(value, path, depth);
      return assertPlainObject(value, path, depth);
    default:
      throw new NotCanonicalError(path, `a ${typeof value} is not JSON`);
  }
}

function assertPlainArray(items: readonly unknown[], path: string, depth: number): void {
  // By index, not by iteration method: holes must be met as undefined, not skipped.
  for (let index = 0; index < items.length; index++) {
    assertPlainJson(items[index], `${path}/${index}`, depth + 1);
  }
}

function assertPlainObject(value: object, path: string, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of any realm is the only ordinary prototype that itself has none.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new NotCanonicalError(path, 'not a plain object');
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw new NotCanonicalError(path, 'a symbol-keyed member is not JSON');
  }
  // Also where it is not enumerable: the serialiser would call it.
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    throw new NotCanonicalError(path, 'toJSON is not followed');
  }
  for (const [name, member] of Object.entries(value)) {
    assertWellFormed(name, path);
    assertPlainJson(member, `${path}/${escapePointer(name)}`, depth + 1);
  }
}

function assertWellFormed(text: string, path: string): void {
  if (LONE_SURROGATE.test(text)) throw new NotCanonicalError(path, 'a lone surrogate');
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
