/** One spelling for each personal number, so that equal numbers have equal blind indexes. */

/** Identity or certificate numbers: half-width, upper case, no blanks. */
export function normaliseIdentityNumber(value: string): string {
  return value.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();
}

/** Telephone numbers: digits only, without the country code of mainland China. */
export function normalisePhone(value: string): string {
  const digits = value.normalize('NFKC').replaceAll(/[\s()-]/gu, '');
  return digits.replace(/^(?:\+|00)86/, '');
}

/** Bank accounts: half-width, upper case, without blanks and hyphens. */
export function normaliseBankAccount(value: string): string {
  return value.normalize('NFKC').replaceAll(/[\s-]/gu, '').toUpperCase();
}
