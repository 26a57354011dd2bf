// The strict schemas accept the sample of each class and refuse every listed mutant of it.
import { describe, expect, it } from 'vitest';
import { sharesNumber, yuanNumber } from '#libs/cross-chain-model/build.ts';
import { objectClasses, type RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { mutantsOf } from '../../support/object-mutants.ts';
import { sampleObject } from '../../support/regulator-samples.ts';

describe.each(objectClasses)('the schema of %s', (objectClass) => {
  it('accepts a valid object', () => {
    const object = sampleObject(objectClass);
    expect(validateObject(object)).toEqual({ ok: true, value: object });
  });

  it('refuses at least 40 listed mutants, each of them', () => {
    const mutants = mutantsOf(sampleObject(objectClass));
    const accepted = mutants.filter(({ object }) => validateObject(object).ok);
    expect(accepted.map(({ name }) => name)).toEqual([]);
    expect(mutants.length).toBeGreaterThanOrEqual(40);
  });

  it('accepts a deletion with an empty body', () => {
    const object = sampleObject(objectClass);
    const content = { ...object.header.content, operation: 'delete', version: 1 } as const;
    const deleted: RegulatorObject = { header: { ...object.header, content }, body: {} };
    expect(validateObject(deleted).ok).toBe(true);
  });
});

describe('semantic rules', () => {
  it('refuse a registration whose balances do not add up', () => {
    const object = sampleObject('registration');
    const text = JSON.stringify(object).replace('"register_asset_balance_after":900', () => {
      return '"register_asset_balance_after":901';
    });
    const result = validateObject(JSON.parse(text));
    expect(result).toMatchObject({ ok: false, error: [{ keyword: 'balance' }] });
  });

  it('refuse a settlement whose balances do not add up to the fen', () => {
    const text = JSON.stringify(sampleObject('settlement')).replace('1000.35', '1000.36');
    expect(validateObject(JSON.parse(text))).toMatchObject({
      ok: false,
      error: [{ keyword: 'balance' }],
    });
  });

  it('refuse a transfer of a party to itself', () => {
    const text = JSON.stringify(sampleObject('transactionreport')).replaceAll('0002/0', '0001/0');
    expect(validateObject(JSON.parse(text))).toMatchObject({
      ok: false,
      error: [{ keyword: 'distinct' }],
    });
  });
});

describe('number conversion', () => {
  it('is exact to the last share and fen, and refuses more', () => {
    expect(sharesNumber(9_007_199_254_740_991n)).toBe(9_007_199_254_740_991);
    expect(() => sharesNumber(9_007_199_254_740_992n)).toThrow(RangeError);
    expect(yuanNumber(999_999_999_999_999n)).toBe(9_999_999_999_999.99);
    expect(() => yuanNumber(10n ** 15n)).toThrow(RangeError);
  });
});
