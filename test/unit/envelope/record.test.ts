import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  unwrapAsRecipient,
  unwrapKey,
  wrapForRecipient,
  wrapKey,
} from '#libs/envelope/key-wrap.ts';
import { newDataKey, openRecord, sealRecord } from '#libs/envelope/record.ts';
import { toHex } from '#libs/sm/hex.ts';
import { generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { createDecryptor, sm2Encrypt } from '#libs/sm/sm2-encryption.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const flipped = (source: Uint8Array, at: number): Uint8Array => {
  const copy = source.slice();
  copy[at] = (copy[at] ?? 0) ^ 0x80;
  return copy;
};

const dataKey = newDataKey();
const associatedData = bytes('chain, lane, schema, record');
const plaintext = bytes('{"body":{}}');

describe('a sealed record', () => {
  test('opens with its key and associated data, and is 28 bytes longer', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (content, associated) => {
        const sealed = sealRecord({ dataKey, associatedData: associated, plaintext: content });
        expect(sealed).toHaveLength(content.length + 28);
        expect(openRecord({ dataKey, associatedData: associated, sealed })).toEqual(content);
      }),
    );
  });

  test('does not open with another key, associated data, or any byte changed or missing', () => {
    const sealed = sealRecord({ dataKey, associatedData, plaintext });
    expect(openRecord({ dataKey: newDataKey(), associatedData, sealed })).toBeUndefined();
    expect(openRecord({ dataKey, associatedData: bytes('other'), sealed })).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      expect(openRecord({ dataKey, associatedData, sealed: flipped(sealed, at) })).toBeUndefined();
      const short = sealed.subarray(0, at);
      expect(openRecord({ dataKey, associatedData, sealed: short })).toBeUndefined();
    }
  });

  test('never has the same nonce or the same key twice', () => {
    const seals = Array.from({ length: 500 }, () =>
      sealRecord({ dataKey, associatedData, plaintext }),
    );
    expect(new Set(seals.map((sealed) => toHex(sealed.subarray(0, 12)))).size).toBe(500);
    expect(new Set(Array.from({ length: 500 }, () => toHex(newDataKey()))).size).toBe(500);
  });
});

describe('a wrapped key', () => {
  const wrappingKey = newDataKey();
  const context = bytes('subject 018f');

  test.each([16, 32])('of %i bytes opens under its wrapping key, in its context', (length) => {
    const key = new Uint8Array(length).fill(7);
    const wrapped = wrapKey({ wrappingKey, dataKey: key, context });
    expect(wrapped).toHaveLength(length + 28);
    expect(unwrapKey({ wrappingKey, wrapped, context })).toEqual(key);
  });

  test('does not open elsewhere, nor as a record', () => {
    const wrapped = wrapKey({ wrappingKey, dataKey, context });
    expect(unwrapKey({ wrappingKey, wrapped, context: bytes('subject 018e') })).toBeUndefined();
    expect(unwrapKey({ wrappingKey: newDataKey(), wrapped, context })).toBeUndefined();
    expect(unwrapKey({ wrappingKey, wrapped: flipped(wrapped, 20), context })).toBeUndefined();
    const record = { dataKey: wrappingKey, associatedData: context, sealed: wrapped };
    expect(openRecord(record)).toBeUndefined();
  });

  test('has 16 or 32 bytes', () => {
    const key = new Uint8Array(17);
    expect(() => wrapKey({ wrappingKey, dataKey: key, context })).toThrow(RangeError);
    expect(() => wrapForRecipient(generateSm2KeyPair().publicKey, key)).toThrow(RangeError);
  });

  test('goes to its recipient alone by SM2', () => {
    const [market, regulator] = [generateSm2KeyPair(), generateSm2KeyPair()];
    const wrapped = wrapForRecipient(regulator.publicKey, dataKey);
    expect(unwrapAsRecipient(createDecryptor(regulator.privateKeyPem), wrapped)).toEqual(dataKey);
    expect(unwrapAsRecipient(createDecryptor(market.privateKeyPem), wrapped)).toBeUndefined();
    const odd = sm2Encrypt(regulator.publicKey, new Uint8Array(17));
    expect(unwrapAsRecipient(createDecryptor(regulator.privateKeyPem), odd)).toBeUndefined();
  });
});
