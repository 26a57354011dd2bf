// Subjects: certificates that fit, owners that are looked through (R13), codes of their class.
import { describe, expect, it } from 'vitest';
import {
  checkSubject,
  investorCodeLetter,
  isLookedThrough,
  type NewSubject,
  normaliseSubject,
} from '../../../services/registry/domain/subject.ts';

const company: NewSubject = {
  nature: 'company',
  name: '示范公司',
  certificateType: 'uscc',
  certificateNumber: '91310000564759688N',
  phone: undefined,
  address: undefined,
  region: undefined,
  nationality: 'CN',
  beneficialOwners: [],
};

const owner = {
  name: '张三',
  certificateType: 'resident-id',
  certificateNumber: '11010519491231002X',
  ratio: '1',
} as const;

const codeOf = (more: Partial<NewSubject>) => {
  const checked = checkSubject({ ...company, ...more });
  return checked.ok ? undefined : checked.error.code;
};

describe('a subject', () => {
  it('takes its region from the USCC', () => {
    expect(normaliseSubject(company).region).toBe('310000');
  });

  it('keeps the region that was given', () => {
    expect(normaliseSubject({ ...company, region: '330100' }).region).toBe('330100');
  });

  it.each<[string, Partial<NewSubject>, string | undefined]>([
    ['a company with its code', {}, undefined],
    [
      'a company with an id card',
      { certificateType: 'resident-id' },
      'certificate-type-not-for-nature',
    ],
    [
      'a wrong check character',
      { certificateNumber: '91310000564759688M' },
      'certificate-number-invalid',
    ],
    [
      'owners of what is not looked through',
      { beneficialOwners: [owner] },
      'beneficial-owners-not-applicable',
    ],
    ['a partnership without owners', { nature: 'partnership' }, 'beneficial-owners-required'],
    [
      'a partnership with its owner',
      { nature: 'partnership', beneficialOwners: [owner] },
      undefined,
    ],
    [
      'ratios that do not sum to one',
      { nature: 'partnership', beneficialOwners: [{ ...owner, ratio: '0.99999999' }] },
      'beneficial-owners-invalid',
    ],
    [
      'an owner with a wrong number',
      { nature: 'partnership', beneficialOwners: [{ ...owner, certificateNumber: '1' }] },
      'certificate-number-invalid',
    ],
    [
      'itself as its owner',
      {
        nature: 'partnership',
        beneficialOwners: [
          { ...owner, certificateType: 'uscc', certificateNumber: company.certificateNumber },
        ],
      },
      'beneficial-owners-invalid',
    ],
  ])('R13: %s', (_, more, code) => {
    expect(codeOf(more)).toBe(code);
  });

  it.each([
    ['natural-person', 'Q', false],
    ['company', 'R', false],
    ['partnership', 'R', true],
    ['managed-plan', 'S', false],
    ['other-product', 'S', true],
  ] as const)('%s has code class %s and is looked through: %s', (nature, letter, through) => {
    expect(investorCodeLetter(nature)).toBe(letter);
    expect(isLookedThrough(nature)).toBe(through);
  });
});
