/** Envelope encryption of one record under its own data key: SM4-GCM with a random nonce. */
import { randomBytes } from 'node:crypto';
import { concatBytes } from '#libs/sm/hex.ts';
import { SM4_GCM_NONCE_BYTES, SM4_KEY_BYTES, sm4GcmOpen, sm4GcmSeal } from '#libs/sm/sm4.ts';

export const DATA_KEY_BYTES = SM4_KEY_BYTES;

/** A fresh 128-bit key for one record. */
export function newDataKey(): Uint8Array {
  return Uint8Array.from(randomBytes(DATA_KEY_BYTES));
}

export interface RecordToSeal {
  readonly dataKey: Uint8Array;
  /** Authenticated, not encrypted: where the record stands and what it is. */
  readonly associatedData: Uint8Array;
  readonly plaintext: Uint8Array;
}

export interface SealedRecord {
  readonly dataKey: Uint8Array;
  readonly associatedData: Uint8Array;
  readonly sealed: Uint8Array;
}

/** nonce (12 bytes) || ciphertext || tag (16 bytes). Errors: RangeError for a key of bad length. */
export function sealRecord({ dataKey, associatedData, plaintext }: RecordToSeal): Uint8Array {
  const nonce = Uint8Array.from(randomBytes(SM4_GCM_NONCE_BYTES));
  return concatBytes(nonce, sm4GcmSeal(dataKey, nonce, plaintext, associatedData));
}

/** The plaintext, or undefined unless key, associated data and every byte fit. */
export function openRecord({
  dataKey,
  associatedData,
  sealed,
}: SealedRecord): Uint8Array | undefined {
  const nonce = sealed.subarray(0, SM4_GCM_NONCE_BYTES);
  return sm4GcmOpen(dataKey, nonce, sealed.subarray(SM4_GCM_NONCE_BYTES), associatedData);
}
