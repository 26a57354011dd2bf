/** Certificate numbers: GB 32100 (USCC), GB 11643 (resident id) and patterns for the others. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { isLocalDate } from '#libs/time/local-date.ts';

export const certificateTypes = [
  'uscc',
  'resident-id',
  'passport',
  'hk-macau-permit',
  'taiwan-permit',
  'foreign-permanent-resident',
  'product-record',
  'foreign-registration',
] as const;

export type CertificateType = (typeof certificateTypes)[number];

export type CertificateFault = Refusal<'certificate-number-invalid'>;

/** Full-width forms, spaces and lower case are spelling, not identity. */
export function normaliseNumber(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, '').toUpperCase();
}

const patterns: Readonly<Partial<Record<CertificateType, RegExp>>> = {
  passport: /^[A-Z0-9]{5,20}$/,
  'hk-macau-permit': /^[HM](?:[0-9]{8}|[0-9]{10})$/,
  'taiwan-permit': /^[0-9]{8}(?:[0-9]{2})?$/,
  'foreign-permanent-resident': /^(?:[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])$/,
  'product-record': /^[A-Z0-9]{5,20}$/,
  'foreign-registration': /^[A-Z0-9/-]{4,40}$/,
};

/** Errors: certificate-number-invalid, with the reason form, check-digit or birth-date. */
export function checkCertificate(
  type: CertificateType,
  number: string,
): Result<undefined, CertificateFault> {
  if (type === 'uscc') return checkUscc(number);
  if (type === 'resident-id') return checkResidentId(number);
  return (patterns[type]?.test(number) ?? false) ? ok() : invalid(type, 'form');
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_FORM = /^[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}[0-9A-HJ-NP-RTUWXY]$/;
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** GB 32100-2015: check = (31 - sum of value times 3^i mod 31) mod 31. */
export function usccCheckCharacter(first17: string): string {
  const sum = USCC_WEIGHTS.reduce(
    (total, weight, place) => total + weight * USCC_ALPHABET.indexOf(first17.charAt(place)),
    0,
  );
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

function checkUscc(number: string): Result<undefined, CertificateFault> {
  if (!USCC_FORM.test(number)) return invalid('uscc', 'form');
  return usccCheckCharacter(number.slice(0, 17)) === number.charAt(17)
    ? ok()
    : invalid('uscc', 'check-digit');
}

const ID_FORM = /^[1-9][0-9]{16}[0-9X]$/;
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** GB 11643-1999, MOD 11-2. */
export function residentIdCheckCharacter(first17: string): string {
  const sum = ID_WEIGHTS.reduce(
    (total, weight, place) => total + weight * (first17.charCodeAt(place) - 48),
    0,
  );
  return ID_CHECKS.charAt(sum % 11);
}

function checkResidentId(number: string): Result<undefined, CertificateFault> {
  if (!ID_FORM.test(number)) return invalid('resident-id', 'form');
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (!isLocalDate(born) || born < '1850-01-01') return invalid('resident-id', 'birth-date');
  return residentIdCheckCharacter(number.slice(0, 17)) === number.charAt(17)
    ? ok()
    : invalid('resident-id', 'check-digit');
}

function invalid(certificateType: string, reason: string): Result<undefined, CertificateFault> {
  return refuse('certificate-number-invalid', { certificateType, reason });
}

/** The birth date and sex that a resident id states (digits 7 to 14, digit 17 odd for male). */
export function factsOfResidentId(number: string): { bornOn: string; sex: 'male' | 'female' } {
  return {
    bornOn: `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`,
    sex: (number.charCodeAt(16) - 48) % 2 === 1 ? 'male' : 'female',
  };
}
