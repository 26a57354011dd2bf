/** reserveShares: every rule, then the shares, for each instruction in its turn. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Executor } from '#libs/db/database.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Market } from '../domain/product.ts';
import {
  findingOf,
  ledgerFinding,
  type LedgerFinding,
  shortage,
} from '../domain/ledger-finding.ts';
import {
  findReservations,
  type ReservationOutcome,
  type ReservationTerms,
  reserveShares as reserveInLedger,
} from '../repositories/reservation-repository.ts';
import { type DayRules, requireDayRules } from './act.ts';
import { auditCall, type ItemResult, requireDistinct, stampOf, targetOf } from './ledger-call.ts';
import { findingsOn } from './preview-transfer.ts';

export interface Reserved {
  readonly reservationId: bigint;
}

/**
 * Errors: instruction-repeated, business-day-not-open, rule-parameter-not-set. Per item: the
 * findings of all rules together, instruction-known, reservation-ended, the shortage.
 */
export async function reserveShares(
  tx: Executor,
  context: ActingContext,
  market: Market,
  items: readonly ReservationTerms[],
): Promise<
  Result<
    readonly ItemResult<Reserved>[],
    Refusal<'instruction-repeated' | 'business-day-not-open' | 'rule-parameter-not-set'>
  >
> {
  const distinct = requireDistinct(items);
  if (!distinct.ok) return distinct;
  const day = await requireDayRules(tx);
  if (!day.ok) return day;
  const findings = await rulesAgainst(tx, market, day.value, items);
  const admitted = items.filter((_, at) => (findings[at] ?? []).length === 0);
  const stamp = stampOf(context, day.value.businessDate, { reserve: items.map(toCommand) });
  const outcomes = await reserveInLedger(tx, stamp, admitted);
  const results = inOrder(items, findings, outcomes);
  const done = results.filter((result) => result.ok).length;
  const refused = results.length - done;
  const target = targetOf(items);
  await auditCall(tx, context, { action: 'shares-reserved', target, stamp, done, refused });
  return ok(results);
}

/** An instruction that is known already answers for itself; rules do not undo what was done. */
async function rulesAgainst(
  tx: Executor,
  market: Market,
  { businessDate, parameters }: DayRules,
  items: readonly ReservationTerms[],
): Promise<readonly (readonly LedgerFinding[])[]> {
  const known = await findReservations(
    tx,
    items.map((item) => item.instructionId),
  );
  const fresh = items.filter((item) => !known.has(item.instructionId));
  const questions = fresh.map((item) => ({
    securityId: item.securityId,
    sellerAccountId: item.sellerAccountId,
    buyerAccountId: item.buyerAccountId,
    nature: item.nature,
    quantity: item.quantity,
    method: '2',
    purpose: 'trade' as const,
    isReserved: false,
  }));
  const setting = { businessDate, marketRegion: market.region };
  const found = await findingsOn(tx, questions, setting, parameters);
  const byInstruction = new Map(
    fresh.map((item, at) => {
      const result = found[at];
      if (result === undefined) throw new Error('the rules answered too few questions');
      return [item.instructionId, result.ok ? result.value : [findingOf(result.error)]];
    }),
  );
  return items.map((item) => byInstruction.get(item.instructionId) ?? []);
}

function inOrder(
  items: readonly ReservationTerms[],
  findings: readonly (readonly LedgerFinding[])[],
  outcomes: readonly ReservationOutcome[],
): readonly ItemResult<Reserved>[] {
  let next = 0;
  return items.map((item, at) => {
    const against = findings[at] ?? [];
    if (against.length > 0) return err(against);
    const outcome = outcomes[next];
    next += 1;
    if (outcome === undefined) throw new Error('the ledger answered too few reservations');
    return toResult(item, outcome);
  });
}

function toResult(item: ReservationTerms, outcome: ReservationOutcome): ItemResult<Reserved> {
  switch (outcome.outcome) {
    case 'reserved':
      if (outcome.claimId === undefined) throw new Error('a reservation has no claim');
      return ok({ reservationId: outcome.claimId });
    case 'insufficient':
      return err([shortage(item.quantity, outcome.free)]);
    case 'mismatch':
      return err([ledgerFinding('instruction-known', { instructionId: item.instructionId })]);
    case 'ended':
      return err([ledgerFinding('reservation-ended')]);
  }
}

function toCommand(item: ReservationTerms): object {
  return { ...item, quantity: item.quantity.toString() };
}
