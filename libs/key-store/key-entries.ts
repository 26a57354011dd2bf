/** The named keys inside a key file: their kinds, their making and their encoding. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { generateSm2KeyPair } from '#libs/sm/sm2.ts';

export const KEY_KINDS = [
  'sm2-signing',
  'sm2-decryption',
  'secret-16',
  'secret-32',
  'jwt-es256',
] as const;

export type KeyKind = (typeof KEY_KINDS)[number];

/** Which keys a new file gets, by name. */
export type KeyFileSpec = Readonly<Record<string, KeyKind>>;

/** `material` is PKCS#8 PEM for key pairs and hexadecimal for secrets. */
export interface KeyEntry {
  readonly kind: KeyKind;
  readonly material: string;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Fresh keys as the spec asks. Errors: RangeError for an empty spec or a bad name. */
export function generateEntries(spec: KeyFileSpec): ReadonlyMap<string, KeyEntry> {
  const entries = Object.entries(spec).map(([name, kind]): [string, KeyEntry] => {
    if (!NAME.test(name)) throw new RangeError(`not a key name: ${name}`);
    return [name, { kind, material: generateMaterial(kind) }];
  });
  if (entries.length === 0) throw new RangeError('a key file needs at least one key');
  return new Map(entries);
}

export function encodeEntries(entries: ReadonlyMap<string, KeyEntry>): Uint8Array {
  return canonicalBytes({ version: '1', keys: Object.fromEntries(entries) });
}

/** Errors: Error for what `encodeEntries` would not write. */
export function decodeEntries(content: Uint8Array): ReadonlyMap<string, KeyEntry> {
  const file: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  if (!isRecord(file) || file['version'] !== '1' || !isRecord(file['keys'])) {
    throw new Error('unknown content of a key file');
  }
  return new Map(Object.entries(file['keys']).map(([name, entry]) => [name, readEntry(entry)]));
}

/** The bytes of a secret entry. */
export function secretOf(entry: KeyEntry): Uint8Array {
  return fromHex(entry.material);
}

function generateMaterial(kind: KeyKind): string {
  switch (kind) {
    case 'sm2-signing':
    case 'sm2-decryption':
      return generateSm2KeyPair().privateKeyPem;
    case 'jwt-es256':
      return generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey;
    case 'secret-16':
      return toHex(randomBytes(16));
    case 'secret-32':
      return toHex(randomBytes(32));
  }
}

function readEntry(entry: unknown): KeyEntry {
  if (!isRecord(entry)) throw new Error('unknown content of a key file');
  const { kind, material } = entry;
  const known = KEY_KINDS.find((candidate) => candidate === kind);
  if (known === undefined || typeof material !== 'string') {
    throw new Error('unknown content of a key file');
  }
  return { kind: known, material };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
