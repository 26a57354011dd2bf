import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToInteger, concatBytes, fromHex, integerToBytes } from '#libs/sm/hex.ts';
import { publicKeyOf } from '#libs/sm/sm2.ts';
import { SM2_GX_HEX, SM2_GY_HEX, SM2_N } from '#libs/sm/sm2-curve.ts';
import { multiplySm2 } from '#libs/sm/sm2-multiply.ts';

const generator = { x: BigInt(`0x${SM2_GX_HEX}`), y: BigInt(`0x${SM2_GY_HEX}`) };
const pkcs8Head = fromHex('3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420');

/** The scalar times the generator, by OpenSSL. */
function byOpenssl(scalar: bigint) {
  const der = Buffer.from(concatBytes(pkcs8Head, integerToBytes(scalar, 32)));
  const point = publicKeyOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return { x: bytesToInteger(point.subarray(1, 33)), y: bytesToInteger(point.subarray(33)) };
}

const small = Array.from({ length: 70 }, (_, index) => BigInt(index + 1));
const anyScalar = fc.bigInt({ min: 1n, max: SM2_N - 1n });

describe('a multiple of a point', () => {
  test.each([
    ['the smallest scalars, whose sums meet equal points', small],
    ['the largest scalars', small.map((number) => SM2_N - number)],
    ['scalars of one bit', Array.from({ length: 255 }, (_, bit) => 1n << BigInt(bit))],
  ])('is what OpenSSL makes of it for %s', (_, scalars) => {
    for (const scalar of scalars) expect(multiplySm2(generator, scalar)).toEqual(byOpenssl(scalar));
  });

  test('is what OpenSSL makes of it for any scalar of any point', () => {
    fc.assert(
      fc.property(anyScalar, anyScalar, (first, second) => {
        const product = (first * second) % SM2_N;
        expect(multiplySm2(byOpenssl(first), second)).toEqual(byOpenssl(product));
      }),
      { numRuns: 60 },
    );
  });

  test('is refused for zero, for the order of the group, and beyond', () => {
    for (const scalar of [0n, -1n, SM2_N, SM2_N + 1n]) {
      expect(() => multiplySm2(generator, scalar)).toThrow(RangeError);
    }
  });
});
