/** Money in fen (分) as a branded bigint below 10^15 in magnitude; negative is a debit. */
import type { Brand } from '#libs/result/brand.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';

export type Fen = Brand<bigint, 'Fen'>;

type OutOfRange = Refusal<'amount-out-of-range'>;

export const FEN_LIMIT = 1_000_000_000_000_000n;

const INTEGER = /^(?:0|-?[1-9][0-9]{0,19})$/;
const RATE = /^(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?$/;

export function isFen(value: bigint): value is Fen {
  return value > -FEN_LIMIT && value < FEN_LIMIT;
}

/** Brands a value that is already known to be in range (a database row). */
export function fen(value: bigint): Fen {
  assert(isFen(value), `amount out of range: ${value}`);
  return value;
}

export const NO_MONEY = fen(0n);

/** Reads the wire form. Unit: fen. Errors: amount-malformed, amount-out-of-range. */
export function parseFen(
  text: string,
): Result<Fen, Refusal<'amount-malformed' | 'amount-out-of-range'>> {
  if (!INTEGER.test(text)) return refuse('amount-malformed', { value: text.slice(0, 40) });
  return fromBigint(BigInt(text));
}

/** Errors: amount-out-of-range. */
export function addFen(a: Fen, b: Fen): Result<Fen, OutOfRange> {
  return fromBigint(a + b);
}

/** Errors: amount-out-of-range. */
export function subtractFen(a: Fen, b: Fen): Result<Fen, OutOfRange> {
  return fromBigint(a - b);
}

/** Errors: amount-out-of-range. */
export function sumFen(amounts: Iterable<Fen>): Result<Fen, OutOfRange> {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return fromBigint(total);
}

/** Price times whole quantity. Errors: amount-out-of-range. */
export function multiplyFen(price: Fen, quantity: bigint): Result<Fen, OutOfRange> {
  return fromBigint(price * quantity);
}

/**
 * Amount times a non-negative decimal rate, rounded to the fen; a half goes away from zero (四舍五入).
 * Errors: rate-malformed, amount-out-of-range.
 */
export function multiplyRoundHalfUp(
  amount: Fen,
  rate: string,
): Result<Fen, Refusal<'rate-malformed' | 'amount-out-of-range'>> {
  if (!RATE.test(rate)) return refuse('rate-malformed', { value: rate.slice(0, 40) });
  const [whole = '0', fraction = ''] = rate.split('.');
  const divisor = 10n ** BigInt(fraction.length);
  const product = amount * BigInt(whole + fraction);
  const magnitude = product < 0n ? -product : product;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return fromBigint(product < 0n ? -rounded : rounded);
}

/** Decimal yuan text with two places, as printed on certificates and statements. */
export function toYuanText(amount: Fen): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * The JSON number of the regulator's model. Unit: yuan.
 * At most 15 significant digits, so the double prints back to the very same decimal.
 */
export function toYuanNumber(amount: Fen): number {
  return Number(toYuanText(amount));
}

/** The inverse of toYuanNumber. Errors: amount-malformed, amount-out-of-range. */
export function fromYuanNumber(
  yuan: number,
): Result<Fen, Refusal<'amount-malformed' | 'amount-out-of-range'>> {
  const text = String(yuan);
  if (!/^-?[0-9]{1,20}(?:\.[0-9]{1,2})?$/.test(text)) {
    return refuse('amount-malformed', { value: text });
  }
  const [whole = '0', fraction = ''] = text.split('.');
  return fromBigint(BigInt(whole + fraction.padEnd(2, '0')));
}

function fromBigint(value: bigint): Result<Fen, OutOfRange> {
  if (!isFen(value)) return refuse('amount-out-of-range', { value: value.toString() });
  return ok(value);
}
