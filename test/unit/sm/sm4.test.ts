import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, fromHex, toHex } from '#libs/sm/hex.ts';
import { sm4CtrMacOpen, sm4CtrMacSeal, sm4GcmOpen, sm4GcmSeal } from '#libs/sm/sm4.ts';
import sm4Vector from '../../vectors/gbt-32907-sm4.json' with { type: 'json' };
import gcmVector from '../../vectors/rfc8998-sm4-gcm.json' with { type: 'json' };

const key = fromHex(gcmVector.key);
const nonce = fromHex(gcmVector.nonce);
const aad = fromHex(gcmVector.associatedData);
const sealedVector = fromHex(gcmVector.ciphertext + gcmVector.tag);

test('the SM4 block cipher gives the published block', () => {
  const cipher = createCipheriv('sm4-ecb', fromHex(sm4Vector.key), null).setAutoPadding(false);
  expect(cipher.update(sm4Vector.plaintext, 'hex', 'hex')).toBe(sm4Vector.ciphertext);
});

describe('SM4-GCM', () => {
  test('seals and opens the sample of RFC 8998', () => {
    const sealed = sm4GcmSeal(key, nonce, fromHex(gcmVector.plaintext), aad);
    expect(toHex(sealed)).toBe(gcmVector.ciphertext + gcmVector.tag);
    expect(sm4GcmOpen(key, nonce, sealed, aad)).toEqual(fromHex(gcmVector.plaintext));
  });

  test('refuses every single flipped bit of the sealed bytes', () => {
    for (let bit = 0; bit < 8 * sealedVector.length; bit++) {
      expect(sm4GcmOpen(key, nonce, flipped(sealedVector, bit), aad)).toBeUndefined();
    }
  });

  test('refuses another key, nonce or associated data, and a missing or short tag', () => {
    expect(sm4GcmOpen(flipped(key, 0), nonce, sealedVector, aad)).toBeUndefined();
    expect(sm4GcmOpen(key, flipped(nonce, 95), sealedVector, aad)).toBeUndefined();
    expect(sm4GcmOpen(key, nonce, sealedVector, aad.subarray(1))).toBeUndefined();
    for (let length = 0; length < sealedVector.length; length++) {
      expect(sm4GcmOpen(key, nonce, sealedVector.subarray(0, length), aad)).toBeUndefined();
    }
  });

  test('refuses keys and nonces of another length', () => {
    expect(() => sm4GcmSeal(key.subarray(1), nonce, aad, aad)).toThrow(RangeError);
    expect(() => sm4GcmSeal(key, new Uint8Array(16), aad, aad)).toThrow(RangeError);
    expect(sm4GcmOpen(key.subarray(1), nonce, sealedVector, aad)).toBeUndefined();
    expect(sm4GcmOpen(key, new Uint8Array(16), sealedVector, aad)).toBeUndefined();
  });

  test('opens what it sealed, at every length', () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes, bytes, (plaintext, associatedData) => {
        const sealed = sm4GcmSeal(key, nonce, plaintext, associatedData);
        expect(sealed).toHaveLength(plaintext.length + 16);
        expect(sm4GcmOpen(key, nonce, sealed, associatedData)).toEqual(plaintext);
      }),
    );
  });
});

describe('SM4-CTR with HMAC-SM3', () => {
  const master = concatBytes(key, key);
  const ctrNonce = key;

  test('opens what it sealed, and nothing that was changed by one bit', () => {
    const plaintext = fromHex(gcmVector.plaintext);
    const sealed = sm4CtrMacSeal(master, ctrNonce, plaintext, aad);
    expect(sealed).toHaveLength(plaintext.length + 32);
    expect(sm4CtrMacOpen(master, ctrNonce, sealed, aad)).toEqual(plaintext);
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      expect(sm4CtrMacOpen(master, ctrNonce, flipped(sealed, bit), aad)).toBeUndefined();
    }
  });

  test('binds key, nonce and associated data', () => {
    const sealed = sm4CtrMacSeal(master, ctrNonce, aad, aad);
    expect(sm4CtrMacOpen(flipped(master, 7), ctrNonce, sealed, aad)).toBeUndefined();
    expect(sm4CtrMacOpen(master, flipped(ctrNonce, 7), sealed, aad)).toBeUndefined();
    expect(sm4CtrMacOpen(master, ctrNonce, sealed, aad.subarray(1))).toBeUndefined();
    expect(sm4CtrMacOpen(master, ctrNonce, new Uint8Array(31), aad)).toBeUndefined();
  });

  test('does not let bytes move from the associated data to the ciphertext', () => {
    const sealed = sm4CtrMacSeal(master, ctrNonce, new Uint8Array(), aad);
    const moved = concatBytes(aad.subarray(aad.length - 1), sealed);
    expect(sm4CtrMacOpen(master, ctrNonce, moved, aad.subarray(0, -1))).toBeUndefined();
  });

  test('refuses a short key', () => {
    expect(() => sm4CtrMacSeal(key.subarray(1), ctrNonce, aad, aad)).toThrow(RangeError);
    expect(sm4CtrMacOpen(key.subarray(1), ctrNonce, sealedVector, aad)).toBeUndefined();
  });
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
