/** Share counts and changes as the regulator's model has them: exact JSON integers of either sign. */
import { MAX_SHARES } from '#libs/quantity/shares.ts';
import { assert } from '#libs/result/result.ts';

const FORM = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** Exact, or a defect: the ledger admits no figure beyond 2^53 - 1. */
export function parseSignedShares(text: string): number {
  assert(FORM.test(text), `not a share count: ${text}`);
  const value = BigInt(text);
  assert(value <= MAX_SHARES && value >= -MAX_SHARES, `share count out of range: ${text}`);
  return Number.parseInt(text, 10);
}
