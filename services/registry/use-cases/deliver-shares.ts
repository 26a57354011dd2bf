/** deliverShares: moves what is committed; a repeat answers as the first time. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { ledgerFinding } from '../domain/ledger-finding.ts';
import {
  type Delivered,
  type DeliveryTerms,
  deliverShares as deliverInLedger,
} from '../repositories/delivery-repository.ts';
import { findReservations } from '../repositories/reservation-repository.ts';
import { requireDay } from './act.ts';
import { auditCall, type ItemResult, requireDistinct, stampOf } from './ledger-call.ts';

export interface DeliveryCommand {
  readonly cycleId: Uuid;
  readonly items: readonly DeliveryTerms[];
}

/**
 * Errors: instruction-repeated, business-day-not-open. Per item: reservation-unknown,
 * reservation-not-committed; a committed reservation is always delivered.
 */
export async function deliverShares(
  tx: Executor,
  context: ActingContext,
  { cycleId, items }: DeliveryCommand,
): Promise<
  Result<
    readonly ItemResult<Delivered>[],
    Refusal<'instruction-repeated' | 'business-day-not-open'>
  >
> {
  const distinct = requireDistinct(items);
  if (!distinct.ok) return distinct;
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const command = { cycleId, deliver: items.map(toCommand) };
  const stamp = stampOf(context, day.value, command);
  const delivered = await deliverInLedger(tx, stamp, items);
  const missing = items.filter((_, at) => delivered[at] === undefined);
  const known =
    missing.length === 0
      ? new Map<Uuid, unknown>()
      : await findReservations(
          tx,
          missing.map((item) => item.instructionId),
        );
  const results = items.map(({ instructionId }, at): ItemResult<Delivered> => {
    const one = delivered[at];
    if (one !== undefined) return ok(one);
    const isKnown = known.has(instructionId);
    return err([ledgerFinding(isKnown ? 'reservation-not-committed' : 'reservation-unknown')]);
  });
  const refused = missing.length;
  const done = items.length - refused;
  const target = `cycle:${cycleId}`;
  await auditCall(tx, context, { action: 'shares-delivered', target, stamp, done, refused });
  return ok(results);
}

function toCommand(item: DeliveryTerms): object {
  return { ...item, amountFen: item.amountFen.toString() };
}
