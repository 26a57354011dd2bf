import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSequence, encodeSequence } from '#libs/sm/der.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { SM2_N } from '#libs/sm/sm2-curve.ts';
import { decodeSm2Signature } from '#libs/sm/sm2-signature.ts';

const anyInteger = fc.bigInt({ min: 0n, max: 2n ** 300n });
const anyOctets = fc.uint8Array({ maxLength: 400 });

describe('strict DER', () => {
  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyInteger, anyOctets, (integer, octets) => {
        const der = encodeSequence(integer, octets);
        expect(decodeSequence(der, ['integer', 'octets'])).toEqual([integer, octets]);
        expect(decodeSequence(der, ['octets', 'integer'])).toBeUndefined();
        expect(decodeSequence(der, ['integer'])).toBeUndefined();
      }),
    );
  });

  test('has one encoding only: whatever it reads, it would write the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const framed = Uint8Array.of(0x30, bytes.length, ...bytes);
        const values = decodeSequence(framed, ['integer', 'octets']);
        if (values !== undefined) expect(encodeSequence(...values)).toEqual(framed);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['zero', 0n, '3003020100'],
    ['127', 127n, '300302017f'],
    ['128, which needs a zero before it', 128n, '300402020080'],
    ['256', 256n, '300402020100'],
  ])('writes %s as X.690 says', (_, value, der) => {
    expect(toHex(encodeSequence(value))).toBe(der);
  });

  test('refuses a length of five bytes, a zero first length byte, negative and padded integers', () => {
    expect(decodeSequence(fromHex('3085000000000302017f'), ['integer'])).toBeUndefined();
    expect(decodeSequence(fromHex('30820003020101'), ['integer'])).toBeUndefined();
    expect(decodeSequence(fromHex('3003020180'), ['integer'])).toBeUndefined();
    expect(decodeSequence(fromHex('30020200'), ['integer'])).toBeUndefined();
    expect(decodeSequence(fromHex('30040202007f'), ['integer'])).toBeUndefined();
    expect(() => encodeSequence(-1n)).toThrow(RangeError);
  });
});

describe('an SM2 signature', () => {
  test.each([
    ['r = 1 and s = n - 1, whose sum is n', 1n, SM2_N - 1n, false],
    ['r = 1 and s = n - 2', 1n, SM2_N - 2n, true],
    ['r = n - 1 and s = n - 1', SM2_N - 1n, SM2_N - 1n, true],
    ['r = 0', 0n, 1n, false],
    ['s = 0', 1n, 0n, false],
    ['r = n', SM2_N, 1n, false],
    ['s = n', 1n, SM2_N, false],
    ['s = n + 1', 1n, SM2_N + 1n, false],
  ])('with %s is decoded or not before any curve arithmetic', (_, r, s, decodes) => {
    const decoded = decodeSm2Signature(encodeSequence(r, s));
    expect(decoded).toEqual(decodes ? { r, s } : undefined);
  });
});

describe('hexadecimal', () => {
  test('reads back what it wrote, and refuses everything else', () => {
    fc.assert(
      fc.property(anyOctets, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    for (const text of ['0', '0g', ' 00', '0x00', '００']) {
      expect(() => fromHex(text)).toThrow(RangeError);
    }
  });
});
