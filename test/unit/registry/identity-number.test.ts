// Certificate numbers against the printed vectors and a second implementation.
import fc from 'fast-check';
import IdValidator from 'id-validator';
import { describe, expect, it } from 'vitest';
import {
  checkCertificate,
  factsOfResidentId,
  normaliseNumber,
  residentIdCheckCharacter,
  usccCheckCharacter,
} from '../../../services/registry/domain/identity-number.ts';

const isFine = (type: Parameters<typeof checkCertificate>[0], number: string) =>
  checkCertificate(type, number).ok;

describe('a unified social credit code (GB 32100)', () => {
  it.each(['91310000564759688N', '91310104MA1FRNWW80', '1210000040088209X1'])(
    '%s of JR/T 0325 is valid',
    (code) => {
      expect(isFine('uscc', code)).toBe(true);
    },
  );

  it('is refused with any other check character', () => {
    const first17 = '91310000564759688';
    const valid = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].filter((check) =>
      isFine('uscc', first17 + check),
    );
    expect(valid).toEqual(['N']);
    expect(usccCheckCharacter(first17)).toBe('N');
  });

  it.each(['9131000056475968IN', '91310000564759688', '91310000564759688NN', ''])(
    'of the form %j is refused',
    (code) => {
      expect(checkCertificate('uscc', code)).toMatchObject({
        error: { code: 'certificate-number-invalid', params: { reason: 'form' } },
      });
    },
  );
});

describe('a resident id (GB 11643)', () => {
  it('11010519491231002X, the published sample, is valid and tells its birth date and sex', () => {
    expect(isFine('resident-id', '11010519491231002X')).toBe(true);
    expect(factsOfResidentId('11010519491231002X')).toEqual({
      bornOn: '1949-12-31',
      sex: 'female',
    });
  });

  it.each([
    ['110105194912310021', 'check-digit'],
    ['110105194902310028', 'birth-date'],
    ['1101051949123100', 'form'],
    ['01010519491231002X', 'form'],
  ])('%s is refused for its %s', (number, reason) => {
    expect(checkCertificate('resident-id', number)).toMatchObject({
      error: { params: { reason } },
    });
  });

  it('has the check character that id-validator computes', () => {
    const validator = new IdValidator();
    const serial = fc.integer({ min: 0, max: 999 });
    const day = fc.integer({ min: 1, max: 28 });
    fc.assert(
      fc.property(serial, day, fc.integer({ min: 1930, max: 2005 }), (n, d, year) => {
        const first17 = `110101${year}01${`${d}`.padStart(2, '0')}${`${n}`.padStart(3, '0')}`;
        for (const check of '0123456789X') {
          const number = first17 + check;
          expect(isFine('resident-id', number)).toBe(validator.isValid(number));
        }
        expect(isFine('resident-id', first17 + residentIdCheckCharacter(first17))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('other certificates', () => {
  it.each([
    ['passport', 'E12345678', true],
    ['passport', 'E1', false],
    ['hk-macau-permit', 'H12345678', true],
    ['hk-macau-permit', 'X12345678', false],
    ['taiwan-permit', '12345678', true],
    ['taiwan-permit', '123456789', false],
    ['foreign-permanent-resident', 'USA123456789012', true],
    ['product-record', 'SAB123', true],
    ['foreign-registration', 'HK-123456', true],
    ['foreign-registration', 'HK 12', false],
  ] as const)('%s %s: %s', (type, number, expected) => {
    expect(isFine(type, number)).toBe(expected);
  });

  it('have one spelling', () => {
    expect(normaliseNumber(' ９1310000 564759688n')).toBe('91310000564759688N');
  });
});
