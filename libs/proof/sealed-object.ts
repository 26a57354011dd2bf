/** The seal of a cross-chain object: what it signs, and the check of a sealed snapshot. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { parseCanonical } from './clear-record.ts';
import type { Suite } from './suite.ts';
import type { PublicKey } from './validator-set.ts';

export interface Seal {
  readonly pub_key: { readonly type: 'SM2'; readonly value: string };
  readonly digest_algo: 'SM3';
  /** SM2 signature, DER, hexadecimal. */
  readonly signature: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What a seal signs: the canonical bytes of the object without `header.seal`. */
export function sealSignedBytes(object: JsonObject): Uint8Array {
  const { header } = object;
  if (!isJsonObject(header)) throw new RangeError('object without header');
  const { seal: _seal, ...unsealed } = header;
  return canonicalBytes({ ...object, header: unsealed });
}

export function makeSeal(publicKey: Uint8Array, signatureDer: Uint8Array): Seal {
  return {
    pub_key: { type: 'SM2', value: toHex(publicKey) },
    digest_algo: 'SM3',
    signature: toHex(signatureDer),
  };
}

/** The object in a snapshot, if its bytes are canonical JSON; else undefined. */
export function parseSnapshot(snapshot: Uint8Array): JsonObject | undefined {
  const value = parseCanonical(snapshot);
  return isJsonObject(value) ? value : undefined;
}

/** True if the object has seals, all by pinned keys and all valid. */
export function verifySeals(
  suite: Suite,
  object: JsonObject,
  sealKeys: readonly PublicKey[],
): boolean {
  const { header } = object;
  if (!isJsonObject(header) || !Array.isArray(header['seal'])) return false;
  const seals: readonly unknown[] = header['seal'];
  if (seals.length === 0 || seals.length > 8) return false;
  const message = sealSignedBytes(object);
  const pinned = new Set(sealKeys.map((key) => toHex(key.publicKey)));
  return seals.every((seal) => {
    if (!isSeal(seal) || !pinned.has(seal.pub_key.value)) return false;
    return suite.verifySm2(fromHex(seal.pub_key.value), message, fromHex(seal.signature));
  });
}

function isSeal(value: unknown): value is Seal {
  if (!isJsonObject(value) || value['digest_algo'] !== 'SM3') return false;
  const { pub_key: key, signature } = value;
  if (!isJsonObject(key) || key['type'] !== 'SM2' || typeof key['value'] !== 'string') return false;
  return (
    /^04[0-9a-f]{128}$/.test(key['value']) &&
    typeof signature === 'string' &&
    /^([0-9a-f]{2}){8,80}$/.test(signature)
  );
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
