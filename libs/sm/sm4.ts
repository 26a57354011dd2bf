/**
 * SM4 (GB/T 32907-2016) authenticated encryption: GCM (RFC 8998) for records, CTR then HMAC-SM3
 * for files and columns. GCM comes from sm-crypto-v2 until node:crypto offers it.
 */
import { Buffer } from 'node:buffer';
import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  getCiphers,
  timingSafeEqual,
} from 'node:crypto';
import { sm4 } from 'sm-crypto-v2';
import { concatBytes } from './hex.ts';
import { hmacSm3, SM3_BYTES } from './sm3.ts';

export const SM4_KEY_BYTES = 16;
export const SM4_GCM_NONCE_BYTES = 12;
export const SM4_GCM_TAG_BYTES = 16;
export const SM4_CTR_NONCE_BYTES = 16;

const nativeGcm = getCiphers().includes('sm4-gcm');
// Node's types list the AES names only.
const GCM = 'sm4-gcm' as CipherGCMTypes;
const CTR = 'sm4-ctr';
const encoder = new TextEncoder();

/** ciphertext || 16-byte tag. Never use one nonce twice with one key. Errors: RangeError. */
export function sm4GcmSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array {
  assertLength('key', key, SM4_KEY_BYTES);
  assertLength('nonce', nonce, SM4_GCM_NONCE_BYTES);
  if (nativeGcm) {
    const cipher = createCipheriv(GCM, key, nonce, { authTagLength: SM4_GCM_TAG_BYTES });
    cipher.setAAD(associatedData);
    return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  }
  const { output, tag } = sm4.encrypt(plaintext, key, {
    mode: 'gcm',
    iv: nonce,
    associatedData,
    output: 'array',
    outputTag: true,
  });
  if (tag?.length !== SM4_GCM_TAG_BYTES) throw new Error('SM4-GCM gave no tag');
  return concatBytes(output, tag);
}

/** The plaintext, or undefined unless tag, key, nonce and associated data all fit. */
export function sm4GcmOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array | undefined {
  if (key.length !== SM4_KEY_BYTES || nonce.length !== SM4_GCM_NONCE_BYTES) return undefined;
  // The library would skip authentication without a tag.
  if (sealed.length < SM4_GCM_TAG_BYTES) return undefined;
  const ciphertext = sealed.subarray(0, sealed.length - SM4_GCM_TAG_BYTES);
  const tag = sealed.subarray(sealed.length - SM4_GCM_TAG_BYTES);
  try {
    if (nativeGcm) {
      const decipher = createDecipheriv(GCM, key, nonce, { authTagLength: SM4_GCM_TAG_BYTES });
      decipher.setAAD(associatedData).setAuthTag(tag);
      return concatBytes(decipher.update(ciphertext), decipher.final());
    }
    return sm4.decrypt(ciphertext, key, {
      mode: 'gcm',
      iv: nonce,
      associatedData,
      output: 'array',
      tag,
    });
  } catch {
    return undefined;
  }
}

/**
 * ciphertext || 32-byte HMAC-SM3 over nonce, associated data (length first) and ciphertext.
 * The key has 16 bytes or more; cipher and MAC use separate keys derived from it.
 */
export function sm4CtrMacSeal(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array {
  assertMasterKey(key);
  assertLength('nonce', nonce, SM4_CTR_NONCE_BYTES);
  const { cipherKey, macKey } = subkeys(key);
  const ciphertext = sm4Ctr(cipherKey, nonce, plaintext);
  return concatBytes(ciphertext, mac(macKey, nonce, associatedData, ciphertext));
}

/** The plaintext, or undefined unless MAC, key, nonce and associated data all fit. */
export function sm4CtrMacOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array | undefined {
  if (key.length < SM4_KEY_BYTES || nonce.length !== SM4_CTR_NONCE_BYTES) return undefined;
  if (sealed.length < SM3_BYTES) return undefined;
  const { cipherKey, macKey } = subkeys(key);
  const ciphertext = sealed.subarray(0, sealed.length - SM3_BYTES);
  const given = sealed.subarray(sealed.length - SM3_BYTES);
  if (!timingSafeEqual(given, mac(macKey, nonce, associatedData, ciphertext))) return undefined;
  return sm4Ctr(cipherKey, nonce, ciphertext);
}

function subkeys(key: Uint8Array): { cipherKey: Uint8Array; macKey: Uint8Array } {
  return {
    cipherKey: hmacSm3(key, encoder.encode('quanji/sm4-ctr/v1')).subarray(0, SM4_KEY_BYTES),
    macKey: hmacSm3(key, encoder.encode('quanji/hmac-sm3/v1')),
  };
}

function mac(
  macKey: Uint8Array,
  nonce: Uint8Array,
  associatedData: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  // The length keeps associated data and ciphertext from trading bytes at their border.
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(associatedData.length));
  return hmacSm3(macKey, nonce, length, associatedData, ciphertext);
}

/** CTR is its own inverse. */
function sm4Ctr(key: Uint8Array, nonce: Uint8Array, input: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CTR, key, nonce);
  return concatBytes(cipher.update(input), cipher.final());
}

function assertLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new RangeError(`SM4 ${what} must have ${length} bytes`);
}

function assertMasterKey(key: Uint8Array): void {
  if (key.length < SM4_KEY_BYTES) throw new RangeError('SM4 key must have 16 bytes or more');
}
