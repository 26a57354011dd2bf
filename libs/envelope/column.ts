/**
 * Encryption of single personal columns (SM4-CTR then HMAC-SM3) and the blind index by which an
 * encrypted column can still be looked up.
 */
import { randomBytes } from 'node:crypto';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { concatBytes } from '#libs/sm/hex.ts';
import { hmacSm3, SM3_BYTES } from '#libs/sm/sm3.ts';
import { SM4_CTR_NONCE_BYTES, sm4CtrMacOpen, sm4CtrMacSeal } from '#libs/sm/sm4.ts';

/** First byte of every sealed column, so that a later form can stand beside this one. */
const VERSION = 1;
const OVERHEAD_BYTES = 1 + SM4_CTR_NONCE_BYTES + SM3_BYTES;

/** Where the value stands: a value copied to another row or column does not open there. */
export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** version || nonce (16 bytes) || ciphertext || MAC (32 bytes). Errors: RangeError, short key. */
export function sealColumn(key: Uint8Array, place: ColumnPlace, value: string): Uint8Array {
  const nonce = Uint8Array.from(randomBytes(SM4_CTR_NONCE_BYTES));
  const plaintext = new TextEncoder().encode(value);
  const sealed = sm4CtrMacSeal(key, nonce, plaintext, associatedData(place));
  return concatBytes(Uint8Array.of(VERSION), nonce, sealed);
}

/** The value, or undefined unless version, key, place and every byte fit. */
export function openColumn(
  key: Uint8Array,
  place: ColumnPlace,
  sealed: Uint8Array,
): string | undefined {
  if (sealed[0] !== VERSION || sealed.length < OVERHEAD_BYTES) return undefined;
  const nonce = sealed.subarray(1, 1 + SM4_CTR_NONCE_BYTES);
  const rest = sealed.subarray(1 + SM4_CTR_NONCE_BYTES);
  const plaintext = sm4CtrMacOpen(key, nonce, rest, associatedData(place));
  return plaintext === undefined ? undefined : new TextDecoder().decode(plaintext);
}

/**
 * The 32-byte look-up value of a column: equal for equal values of one field, telling nothing
 * without the key. Give the value in its normal form (`normal-form.ts`).
 */
export function blindIndex(key: Uint8Array, field: string, normalisedValue: string): Uint8Array {
  return hmacSm3(key, canonicalBytes(['QJ-BLIND-INDEX-1', field, normalisedValue]));
}

function associatedData({ table, column, rowId }: ColumnPlace): Uint8Array {
  return canonicalBytes(['QJ-COLUMN-1', table, column, rowId]);
}
