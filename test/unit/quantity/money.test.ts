import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectOk } from '#libs/result/result.ts';
import {
  addFen,
  FEN_LIMIT,
  fen,
  fromYuanNumber,
  multiplyFen,
  multiplyRoundHalfUp,
  parseFen,
  subtractFen,
  sumFen,
  toYuanNumber,
  toYuanText,
} from '#libs/quantity/money.ts';

const anyFen = fc.bigInt(1n - FEN_LIMIT, FEN_LIMIT - 1n).map(fen);

describe('money', () => {
  it.each(['0', '1', '-1', '999999999999999', '-999999999999999'])('reads %s fen', (text) => {
    expect(expectOk(parseFen(text), text)).toBe(BigInt(text));
  });

  it.each(['', '-0', '+1', '01', '1.00', '1e3', ' 1', '１', '--1'])('refuses %j', (text) => {
    expect(parseFen(text)).toMatchObject({ error: { code: 'amount-malformed' } });
  });

  it('ends below 10^15 fen on both sides', () => {
    for (const text of ['1000000000000000', '-1000000000000000']) {
      expect(parseFen(text)).toMatchObject({ error: { code: 'amount-out-of-range' } });
    }
    const most = fen(FEN_LIMIT - 1n);
    expect(addFen(most, fen(1n)).ok).toBe(false);
    expect(subtractFen(fen(1n - FEN_LIMIT), fen(1n)).ok).toBe(false);
    expect(sumFen([most, most]).ok).toBe(false);
    expect(multiplyFen(most, 2n).ok).toBe(false);
    expect(() => fen(FEN_LIMIT)).toThrow();
  });

  it.each([
    [10_000n, '0.001', 10n],
    [1n, '0.5', 1n],
    [-1n, '0.5', -1n],
    [1n, '0.49', 0n],
    [-1n, '0.49', 0n],
    [3n, '0.5', 2n],
    [12_345n, '0.0005', 6n],
    [999n, '1', 999n],
    [7n, '0', 0n],
  ] as const)('%s fen at %s is %s fen', (amount, rate, expected) => {
    expect(expectOk(multiplyRoundHalfUp(fen(amount), rate), rate)).toBe(expected);
  });

  it.each(['', '.5', '5.', '-0.1', '1e-3', '00.1', '0.1 ', `0.${'1'.repeat(19)}`])(
    'refuses the rate %j',
    (rate) => {
      expect(multiplyRoundHalfUp(fen(1n), rate)).toMatchObject({
        error: { code: 'rate-malformed' },
      });
    },
  );

  it.each([
    [0n, '0.00'],
    [5n, '0.05'],
    [-5n, '-0.05'],
    [123_456n, '1234.56'],
  ] as const)('%s fen is written %s', (amount, text) => {
    expect(toYuanText(fen(amount))).toBe(text);
  });

  it('survives the way through the model’s number', () => {
    fc.assert(
      fc.property(anyFen, (amount) => {
        expect(expectOk(fromYuanNumber(toYuanNumber(amount)), 'yuan')).toBe(amount);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([0.001, 1e21, Number.NaN, Number.POSITIVE_INFINITY, 1e-7])(
    'refuses the model’s number %s',
    (yuan) => {
      expect(fromYuanNumber(yuan)).toMatchObject({ error: { code: 'amount-malformed' } });
    },
  );
});
