import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allotLargestRemainder } from '#libs/quantity/allotment.ts';

describe('allotment by largest remainder', () => {
  it.each([
    [10n, [1n, 1n, 1n], [4n, 3n, 3n]],
    [100n, [50n, 30n, 20n], [50n, 30n, 20n]],
    [7n, [1n, 2n, 3n], [1n, 2n, 4n]],
    [0n, [1n, 2n], [0n, 0n]],
    [5n, [0n, 1n], [0n, 5n]],
  ] as const)('shares %s by %s as %s', (total, weights, parts) => {
    expect(allotLargestRemainder(total, weights)).toEqual(parts);
  });

  it('keeps the sum, and each part within one of its exact share', () => {
    const weights = fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), weights, (total, given) => {
        const weightTotal = given.reduce((sum, weight) => sum + weight, 0n);
        fc.pre(weightTotal > 0n);
        const parts = allotLargestRemainder(total, given);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        parts.forEach((part, place) => {
          const exact = (total * (given[place] ?? 0n)) / weightTotal;
          expect(part === exact || part === exact + 1n).toBe(true);
        });
      }),
    );
  });

  it('asserts on weights that cannot be', () => {
    expect(() => allotLargestRemainder(1n, [])).toThrow();
    expect(() => allotLargestRemainder(1n, [0n])).toThrow();
    expect(() => allotLargestRemainder(1n, [-1n, 2n])).toThrow();
    expect(() => allotLargestRemainder(-1n, [1n])).toThrow();
  });
});
