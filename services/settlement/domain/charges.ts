/** Fees and stamp duty of a transfer, from the parameters in force on its business date. */
import { type Fen, fen, multiplyRoundHalfUp, NO_MONEY, sumFen } from '#libs/quantity/money.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export type ChargeKind = 'transfer-fee' | 'stamp-duty';
export type Side = 'buyer' | 'seller';

export interface FeeParameter {
  readonly kind: ChargeKind;
  readonly side: Side;
  /** Share of the amount, a decimal below 1. */
  readonly rate: string;
  readonly minimumFen: Fen;
  readonly validFrom: LocalDate;
  readonly source: string;
}

export interface Charge {
  readonly kind: ChargeKind;
  readonly side: Side;
  readonly rate: string;
  readonly amountFen: Fen;
}

type OutOfRange = Refusal<'rate-malformed' | 'amount-out-of-range'>;

/** The rate that holds on a date: per kind and side the latest that started by then. */
export function parametersOn(
  parameters: readonly FeeParameter[],
  date: LocalDate,
): readonly FeeParameter[] {
  const latest = new Map<string, FeeParameter>();
  for (const parameter of parameters) {
    if (parameter.validFrom > date) continue;
    const key = `${parameter.kind}/${parameter.side}`;
    const known = latest.get(key);
    if (known === undefined || known.validFrom < parameter.validFrom) latest.set(key, parameter);
  }
  return [...latest.keys()].sort().flatMap((key) => latest.get(key) ?? []);
}

/** Each charge rounded half up to the fen, never below its minimum. */
export function computeCharges(
  amount: Fen,
  parameters: readonly FeeParameter[],
): Result<readonly Charge[], OutOfRange> {
  const charges: Charge[] = [];
  for (const { kind, side, rate, minimumFen } of parameters) {
    const share = multiplyRoundHalfUp(amount, rate);
    if (!share.ok) return share;
    const isTooLittle = share.value < minimumFen;
    const amountFen = isTooLittle ? minimumFen : share.value;
    if (amountFen > 0n) charges.push({ kind, side, rate, amountFen });
  }
  return ok(charges);
}

/** What one side is charged in all. */
export function chargesOf(charges: readonly Charge[], side: Side): Fen {
  const total = sumFen(charges.filter((charge) => charge.side === side).map((c) => c.amountFen));
  return total.ok ? total.value : NO_MONEY;
}

/** What the buyer must have: the amount and the buyer's charges. */
export function moneyToHold(amount: Fen, charges: readonly Charge[]): Fen {
  return fen(amount + chargesOf(charges, 'buyer'));
}
