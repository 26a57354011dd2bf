/**
 * Keys under keys: a data key under a subject's key (destroying which makes all of the subject's
 * records unreadable), and a key for a named recipient by SM2.
 */
import { concatBytes } from '#libs/sm/hex.ts';
import type { Sm2PublicKey } from '#libs/sm/sm2.ts';
import { type Decryptor, sm2Encrypt } from '#libs/sm/sm2-encryption.ts';
import { openRecord, sealRecord } from './record.ts';

const LABEL = new TextEncoder().encode('QJ-KEY-WRAP-1');

export interface KeyToWrap {
  readonly wrappingKey: Uint8Array;
  readonly dataKey: Uint8Array;
  /** What the key is for (owner, record): a wrapped key moved elsewhere does not open. */
  readonly context: Uint8Array;
}

export interface WrappedKey {
  readonly wrappingKey: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly context: Uint8Array;
}

/** nonce || ciphertext || tag: 44 bytes for a 16-byte key. Errors: RangeError for a bad length. */
export function wrapKey({ wrappingKey, dataKey, context }: KeyToWrap): Uint8Array {
  assertKeyLength(dataKey);
  const associatedData = concatBytes(LABEL, context);
  return sealRecord({ dataKey: wrappingKey, associatedData, plaintext: dataKey });
}

/** The key, or undefined unless wrapping key, context and every byte fit. */
export function unwrapKey({ wrappingKey, wrapped, context }: WrappedKey): Uint8Array | undefined {
  const associatedData = concatBytes(LABEL, context);
  return openRecord({ dataKey: wrappingKey, associatedData, sealed: wrapped });
}

/** The key as an SM2 ciphertext (GM/T 0009 DER) that only the recipient can open. */
export function wrapForRecipient(recipient: Sm2PublicKey, dataKey: Uint8Array): Uint8Array {
  assertKeyLength(dataKey);
  return sm2Encrypt(recipient, dataKey);
}

/** The key, or undefined when it was not wrapped for this recipient. */
export function unwrapAsRecipient(
  recipient: Decryptor,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  const key = recipient.decrypt(wrapped);
  return key !== undefined && isKeyLength(key) ? key : undefined;
}

function assertKeyLength(key: Uint8Array): void {
  if (!isKeyLength(key)) throw new RangeError('a wrapped key has 16 or 32 bytes');
}

function isKeyLength(key: Uint8Array): boolean {
  return key.length === 16 || key.length === 32;
}
