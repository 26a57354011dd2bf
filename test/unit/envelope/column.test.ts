import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blindIndex, openColumn, sealColumn } from '#libs/envelope/column.ts';
import {
  normaliseBankAccount,
  normaliseIdentityNumber,
  normalisePhone,
} from '#libs/envelope/normal-form.ts';
import { toHex } from '#libs/sm/hex.ts';

const key = new Uint8Array(32).fill(3);
const place = { table: 'subject', column: 'identity_number', rowId: '018f-1' };

describe('a sealed column', () => {
  test('opens at its place, for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const sealed = sealColumn(key, place, value);
        expect(sealed[0]).toBe(1);
        expect(openColumn(key, place, sealed)).toBe(value);
      }),
    );
  });

  test('does not open in another row, column or table, or under another key', () => {
    const sealed = sealColumn(key, place, '11010519491231002X');
    const elsewhere = [
      { ...place, rowId: '018f-2' },
      { ...place, column: 'phone' },
      { ...place, table: 'account' },
      { table: 'subject","identity_number', column: '', rowId: place.rowId },
    ];
    for (const other of elsewhere) expect(openColumn(key, other, sealed)).toBeUndefined();
    expect(openColumn(new Uint8Array(32), place, sealed)).toBeUndefined();
  });

  test('does not open with any bit changed, cut short, or of a later version', () => {
    const sealed = sealColumn(key, place, '13800138000');
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openColumn(key, place, changed)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(openColumn(key, place, sealed.subarray(0, length))).toBeUndefined();
    }
  });

  test('never has the same bytes twice', () => {
    const once = toHex(sealColumn(key, place, 'x'));
    expect(toHex(sealColumn(key, place, 'x'))).not.toBe(once);
  });
});

describe('the blind index', () => {
  test('is equal for equal values of one field under one key, and for nothing else', () => {
    const index = toHex(blindIndex(key, 'identity-number', '11010519491231002X'));
    expect(index).toHaveLength(64);
    expect(toHex(blindIndex(key, 'identity-number', '11010519491231002X'))).toBe(index);
    expect(toHex(blindIndex(key, 'identity-number', '110105194912310021'))).not.toBe(index);
    expect(toHex(blindIndex(key, 'bank-account', '11010519491231002X'))).not.toBe(index);
    expect(toHex(blindIndex(new Uint8Array(32), 'identity-number', '11010519491231002X'))).not.toBe(
      index,
    );
  });

  test.each([
    [normaliseIdentityNumber, ' １１０１０５ 19491231002x', '11010519491231002X'],
    [normaliseIdentityNumber, '91330000ma27u00000', '91330000MA27U00000'],
    [normalisePhone, '+86 138-0013-8000', '13800138000'],
    [normalisePhone, '008613800138000', '13800138000'],
    [normalisePhone, '（0571）8888 8888', '057188888888'],
    [normalisePhone, '+1 212 555 0100', '+12125550100'],
    [normaliseBankAccount, '6222 0212-3456 7890123', '6222021234567890123'],
  ])('%o brings %j to one spelling', (normalise, value, expected) => {
    expect(normalise(value)).toBe(expected);
    expect(normalise(normalise(value))).toBe(expected);
  });
});
