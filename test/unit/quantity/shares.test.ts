import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectOk } from '#libs/result/result.ts';
import {
  addShares,
  MAX_SHARES,
  NO_SHARES,
  parsePositiveShares,
  parseShares,
  shares,
  subtractShares,
  sumShares,
  toShareNumber,
} from '#libs/quantity/shares.ts';

const anyShares = fc.bigInt(0n, MAX_SHARES).map(shares);

describe('share quantities', () => {
  it.each(['0', '1', '9007199254740991'])('reads %s', (text) => {
    expect(expectOk(parseShares(text), text)).toBe(BigInt(text));
  });

  it.each(['', '-1', '+1', '01', '1.0', '1e3', ' 1', '1 ', '0x10', '１', '1'.repeat(21), '1,000'])(
    'refuses the form %j',
    (text) => {
      expect(parseShares(text)).toMatchObject({ error: { code: 'quantity-malformed' } });
    },
  );

  it.each(['9007199254740992', '9223372036854775807', '9223372036854775808'])(
    'refuses %s as out of range',
    (text) => {
      expect(parseShares(text)).toMatchObject({ error: { code: 'quantity-out-of-range' } });
    },
  );

  it('refuses zero where it must be positive', () => {
    expect(parsePositiveShares('0')).toMatchObject({ error: { code: 'quantity-out-of-range' } });
    expect(parsePositiveShares('1').ok).toBe(true);
  });

  it('refuses a sum above the most and a difference below nothing', () => {
    expect(addShares(shares(MAX_SHARES), shares(1n))).toMatchObject({
      error: { code: 'quantity-out-of-range' },
    });
    expect(subtractShares(shares(1n), shares(2n))).toMatchObject({
      error: { code: 'quantity-shortage', params: { held: '1', asked: '2' } },
    });
    expect(sumShares([shares(MAX_SHARES), shares(1n)]).ok).toBe(false);
    expect(sumShares([])).toEqual({ ok: true, value: NO_SHARES });
  });

  it('takes back what was added', () => {
    fc.assert(
      fc.property(anyShares, anyShares, (a, b) => {
        const sum = addShares(a, b);
        fc.pre(sum.ok);
        expect(expectOk(subtractShares(expectOk(sum, 'sum'), b), 'difference')).toBe(a);
      }),
    );
  });

  it('survives the way through the model’s number', () => {
    fc.assert(
      fc.property(anyShares, (quantity) => {
        expect(BigInt(toShareNumber(quantity))).toBe(quantity);
      }),
    );
  });

  it('asserts on a stored value out of range', () => {
    expect(() => shares(-1n)).toThrow();
    expect(() => shares(MAX_SHARES + 1n)).toThrow();
  });
});
