/** Whole shares as a branded bigint from 0 to 2^53 - 1, the most an exact JSON number holds. */
import type { Brand } from '#libs/result/brand.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';

export type ShareQuantity = Brand<bigint, 'ShareQuantity'>;

export const MAX_SHARES = 9_007_199_254_740_991n;

const DIGITS = /^(?:0|[1-9][0-9]{0,19})$/;

export function isShareQuantity(value: bigint): value is ShareQuantity {
  return value >= 0n && value <= MAX_SHARES;
}

/** Brands a value that is already known to be in range (a database row). */
export function shares(value: bigint): ShareQuantity {
  assert(isShareQuantity(value), `share quantity out of range: ${value}`);
  return value;
}

export const NO_SHARES = shares(0n);

/** Reads the wire form. Errors: quantity-malformed, quantity-out-of-range. */
export function parseShares(
  text: string,
): Result<ShareQuantity, Refusal<'quantity-malformed' | 'quantity-out-of-range'>> {
  if (!DIGITS.test(text)) return refuse('quantity-malformed', { value: text.slice(0, 40) });
  return fromBigint(BigInt(text));
}

/** As parseShares, but zero is out of range too. */
export function parsePositiveShares(
  text: string,
): Result<ShareQuantity, Refusal<'quantity-malformed' | 'quantity-out-of-range'>> {
  const parsed = parseShares(text);
  if (parsed.ok && parsed.value === 0n) return refuse('quantity-out-of-range', { value: text });
  return parsed;
}

/** Errors: quantity-out-of-range. */
export function addShares(
  a: ShareQuantity,
  b: ShareQuantity,
): Result<ShareQuantity, Refusal<'quantity-out-of-range'>> {
  return fromBigint(a + b);
}

/** Errors: quantity-shortage, where `b` is more than `a`. */
export function subtractShares(
  a: ShareQuantity,
  b: ShareQuantity,
): Result<ShareQuantity, Refusal<'quantity-shortage'>> {
  const rest = a - b;
  if (!isShareQuantity(rest)) {
    return refuse('quantity-shortage', { held: a.toString(), asked: b.toString() });
  }
  return ok(rest);
}

/** Errors: quantity-out-of-range. */
export function sumShares(
  quantities: Iterable<ShareQuantity>,
): Result<ShareQuantity, Refusal<'quantity-out-of-range'>> {
  let total = 0n;
  for (const quantity of quantities) total += quantity;
  return fromBigint(total);
}

/** The exact JSON number of the regulator's model. */
export function toShareNumber(quantity: ShareQuantity): number {
  return Number(quantity);
}

function fromBigint(value: bigint): Result<ShareQuantity, Refusal<'quantity-out-of-range'>> {
  if (!isShareQuantity(value)) return refuse('quantity-out-of-range', { value: value.toString() });
  return ok(value);
}
