/** Calls off a transfer that no cycle has taken; shares and money then go back by themselves. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Executor, Tx } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import { canBeCancelled, hasEnded, type Transfer } from '../domain/transfer.ts';
import { findTransfer, lockTransfer, moveTransfers } from '../repositories/transfer-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';

export type CancelRefusal = Refusal<'not-found' | 'transfer-ended' | 'transfer-in-cycle'>;

function mayCancel(transfer: Transfer | undefined): Result<Transfer, CancelRefusal> {
  if (transfer === undefined) return refuse('not-found');
  if (hasEnded(transfer.state)) return refuse('transfer-ended', { state: transfer.state });
  if (!canBeCancelled(transfer.state)) return refuse('transfer-in-cycle');
  return ok(transfer);
}

/** The early check of a maker's request. Errors: not-found, transfer-ended, transfer-in-cycle. */
export async function checkCancellation(
  db: Executor,
  transferId: Uuid,
): Promise<Result<Transfer, CancelRefusal>> {
  return mayCancel(await findTransfer(db, transferId));
}

/** Errors: not-found, transfer-ended, transfer-in-cycle. */
export async function cancelTransfer(
  tx: Tx<unknown>,
  context: ActingContext,
  request: { readonly transferId: Uuid; readonly reason: string },
): Promise<Result<{ transferId: Uuid }, CancelRefusal>> {
  const permitted = mayCancel(await lockTransfer(tx, request.transferId));
  if (!permitted.ok) return permitted;
  const { id, state } = permitted.value;
  const detail = { reason: request.reason };
  const move = { id, to: 'returning', code: 'cancelled-by-parties', detail } as const;
  const moved = await moveTransfers(tx, state, context.now, [move]);
  assert(moved.length === 1, 'a locked transfer moved');
  await recordAudit(tx, context, {
    action: 'transfer-cancelled',
    target: `transfer:${id}`,
    detail,
  });
  await notifyEngine(tx);
  return ok({ transferId: id });
}
