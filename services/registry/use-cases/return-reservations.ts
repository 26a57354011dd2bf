/** returnReservations and the expiry of those that nobody committed in time. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import {
  findOverdueReservations,
  type ReturnOutcome,
  type ReturnTerms,
  returnReservations as returnInLedger,
} from '../repositories/reservation-repository.ts';
import { requireDay } from './act.ts';
import { auditCall, requireDistinct, stampOf, targetOf } from './ledger-call.ts';

/**
 * Errors: instruction-repeated, business-day-not-open. Per item: already-delivered, unknown.
 */
export async function returnReservations(
  tx: Executor,
  context: ActingContext,
  items: readonly ReturnTerms[],
): Promise<
  Result<readonly ReturnOutcome[], Refusal<'instruction-repeated' | 'business-day-not-open'>>
> {
  const distinct = requireDistinct(items);
  if (!distinct.ok) return distinct;
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const stamp = stampOf(context, day.value, { return: items });
  const outcomes = await returnInLedger(tx, stamp, items);
  const done = outcomes.filter((outcome) => outcome === 'returned').length;
  const refused = outcomes.length - done;
  const target = targetOf(items);
  await auditCall(tx, context, { action: 'reservations-returned', target, stamp, done, refused });
  return ok(outcomes);
}

/** One bounded bite; gives back how many reservations expired. Errors: business-day-not-open. */
export async function expireReservations(
  tx: Executor,
  context: ActingContext,
  limit: number,
): Promise<Result<number, Refusal<'business-day-not-open'>>> {
  const overdue = await findOverdueReservations(tx, context.now, limit);
  if (overdue.length === 0) return ok(0);
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const stamp = stampOf(context, day.value, { expire: overdue });
  const outcomes = await returnInLedger(tx, stamp, overdue.map(toExpiry), 'expired');
  const done = outcomes.filter((outcome) => outcome === 'returned').length;
  const target = `instructions:${overdue.length}`;
  const refused = overdue.length - done;
  await auditCall(tx, context, { action: 'reservations-expired', target, stamp, done, refused });
  return ok(done);
}

function toExpiry(instructionId: Uuid): ReturnTerms {
  return { instructionId, reason: 'deadline passed' };
}
