/** Subjects (主体): whoever can be an issuer, an investor or the market itself. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { CertificateType } from './identity-number.ts';
import { checkCertificate, normaliseNumber } from './identity-number.ts';

export const subjectNatures = [
  'natural-person',
  'company',
  'partnership',
  'managed-plan',
  'other-product',
  'public-body',
  'other-organisation',
] as const;

export type SubjectNature = (typeof subjectNatures)[number];
export type SubjectKind = 'organisation' | 'person';

export interface Identity {
  readonly certificateType: CertificateType;
  readonly certificateNumber: string;
}

export interface BeneficialOwner extends Identity {
  readonly name: string;
  /** Share of the vehicle as a decimal above 0 and at most 1, with up to eight places. */
  readonly ratio: string;
}

export interface NewSubject extends Identity {
  readonly nature: SubjectNature;
  readonly name: string;
  readonly phone: string | undefined;
  readonly address: string | undefined;
  /** GB/T 2260 code of the place of registration; organisations only. */
  readonly region: string | undefined;
  /** ISO 3166 alpha-2. */
  readonly nationality: string;
  readonly beneficialOwners: readonly BeneficialOwner[];
}

export function kindOf(nature: SubjectNature): SubjectKind {
  return nature === 'natural-person' ? 'person' : 'organisation';
}

/** Rule: R8, R13: partnerships and products that no financial institution manages. */
export function isLookedThrough(nature: SubjectNature): boolean {
  return nature === 'partnership' || nature === 'other-product';
}

/** The class letter of the investor code (JR/T 0326): person, institution, product. */
export function investorCodeLetter(nature: SubjectNature): 'Q' | 'R' | 'S' {
  if (nature === 'natural-person') return 'Q';
  return nature === 'managed-plan' || nature === 'other-product' ? 'S' : 'R';
}

const certificateTypes: Readonly<Record<SubjectNature, readonly CertificateType[]>> = {
  'natural-person': [
    'resident-id',
    'passport',
    'hk-macau-permit',
    'taiwan-permit',
    'foreign-permanent-resident',
  ],
  company: ['uscc', 'foreign-registration'],
  partnership: ['uscc', 'foreign-registration'],
  'managed-plan': ['product-record'],
  'other-product': ['product-record'],
  'public-body': ['uscc'],
  'other-organisation': ['uscc', 'foreign-registration'],
};

/** Whether subjects of the nature are identified by certificates of the type. */
export function fitsNature(type: CertificateType, nature: SubjectNature): boolean {
  return certificateTypes[nature].includes(type);
}

export type SubjectRefusal = Refusal<
  | 'certificate-number-invalid'
  | 'certificate-type-not-for-nature'
  | 'beneficial-owners-required'
  | 'beneficial-owners-not-applicable'
  | 'beneficial-owners-invalid'
>;

/** Trims and unifies what has one right spelling, so that one identity has one blind index. */
export function normaliseSubject(subject: NewSubject): NewSubject {
  return {
    ...subject,
    name: normaliseName(subject.name),
    certificateNumber: normaliseNumber(subject.certificateNumber),
    region: subject.region ?? regionOfUscc(subject),
    beneficialOwners: subject.beneficialOwners.map((owner) => ({
      ...owner,
      name: normaliseName(owner.name),
      certificateNumber: normaliseNumber(owner.certificateNumber),
    })),
  };
}

export function normaliseName(name: string): string {
  return name.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** Errors, in order: certificate-type-not-for-nature, certificate-number-invalid, beneficial-owners-*. */
export function checkSubject(subject: NewSubject): Result<undefined, SubjectRefusal> {
  if (!fitsNature(subject.certificateType, subject.nature)) {
    return refuse('certificate-type-not-for-nature', {
      certificateType: subject.certificateType,
      nature: subject.nature,
    });
  }
  const checked = checkCertificate(subject.certificateType, subject.certificateNumber);
  if (!checked.ok) return checked;
  return checkOwners(subject);
}

function regionOfUscc(subject: NewSubject): string | undefined {
  return subject.certificateType === 'uscc'
    ? normaliseNumber(subject.certificateNumber).slice(2, 8)
    : undefined;
}

/** Rule: R8, R13. */
function checkOwners(subject: NewSubject): Result<undefined, SubjectRefusal> {
  const owners = subject.beneficialOwners;
  if (!isLookedThrough(subject.nature)) {
    return owners.length === 0
      ? ok()
      : refuse('beneficial-owners-not-applicable', { nature: subject.nature });
  }
  if (owners.length === 0) return refuse('beneficial-owners-required', { nature: subject.nature });
  const seen = new Set<string>([identityKey(subject)]);
  for (const [place, owner] of owners.entries()) {
    const pointer = `/beneficialOwners/${place}`;
    const checked = checkCertificate(owner.certificateType, owner.certificateNumber);
    if (!checked.ok) {
      return refuse('certificate-number-invalid', checked.error.params, [
        { pointer: `${pointer}/certificateNumber`, code: 'certificate-number-invalid' },
      ]);
    }
    if (seen.has(identityKey(owner))) return invalidOwners(pointer, 'duplicate');
    seen.add(identityKey(owner));
  }
  return sumOfRatios(owners) === RATIO_ONE ? ok() : invalidOwners('/beneficialOwners', 'sum');
}

function invalidOwners(pointer: string, reason: string): Result<undefined, SubjectRefusal> {
  return refuse('beneficial-owners-invalid', { reason }, [
    { pointer, code: 'beneficial-owners-invalid', params: { reason } },
  ]);
}

export function identityKey(identity: Identity): string {
  return `${identity.certificateType}:${identity.certificateNumber}`;
}

const RATIO_PLACES = 8;
const RATIO_ONE = 10n ** BigInt(RATIO_PLACES);

function sumOfRatios(owners: readonly BeneficialOwner[]): bigint {
  return owners.reduce((sum, { ratio }) => {
    const [whole = '0', fraction = ''] = ratio.split('.');
    return sum + BigInt(whole + fraction.padEnd(RATIO_PLACES, '0'));
  }, 0n);
}
