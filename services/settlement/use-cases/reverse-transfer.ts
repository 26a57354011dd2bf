/** Corrects a settled transfer by a linked instruction: shares and price go back, both or neither. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Executor, Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { Transfer } from '../domain/transfer.ts';
import {
  findReversal,
  findTransfer,
  insertTransfer,
  lockTransfer,
} from '../repositories/transfer-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';

export type ReverseRefusal = Refusal<
  'not-found' | 'transfer-not-settled' | 'transfer-reversed-already'
>;

const termMs = 7 * 86_400_000;

async function mayReverse(
  db: Executor,
  transfer: Transfer | undefined,
): Promise<Result<Transfer, ReverseRefusal>> {
  if (transfer === undefined || transfer.kind === 'reversal') return refuse('not-found');
  if (transfer.state !== 'settled') {
    return refuse('transfer-not-settled', { state: transfer.state });
  }
  const reversal = await findReversal(db, transfer.id);
  if (reversal !== undefined) {
    return refuse('transfer-reversed-already', { transferId: reversal });
  }
  return ok(transfer);
}

/** Errors: not-found, transfer-not-settled, transfer-reversed-already. */
export async function checkReversal(
  db: Executor,
  transferId: Uuid,
): Promise<Result<Transfer, ReverseRefusal>> {
  return mayReverse(db, await findTransfer(db, transferId));
}

/**
 * The buyer gives the shares back and the seller the price. Charges are not given back: the duty
 * has been paid over, and its refund is the tax authority's. Errors: as `checkReversal`.
 */
export async function reverseTransfer(
  tx: Tx<unknown>,
  context: ActingContext,
  request: { readonly transferId: Uuid; readonly reason: string },
  approvalId: Uuid,
): Promise<Result<{ transferId: Uuid }, ReverseRefusal>> {
  const permitted = await mayReverse(tx, await lockTransfer(tx, request.transferId));
  if (!permitted.ok) return permitted;
  const original = permitted.value;
  const id = newUuid();
  await insertTransfer(tx, {
    ...original,
    id,
    kind: 'reversal',
    originalId: original.id,
    approvalId,
    sellerAccountId: original.buyerAccountId,
    buyerAccountId: original.sellerAccountId,
    sellerFundAccountId: original.buyerFundAccountId,
    buyerFundAccountId: original.sellerFundAccountId,
    sellerSubjectId: original.buyerSubjectId,
    buyerSubjectId: original.sellerSubjectId,
    charges: [],
    deadline: addMilliseconds(context.now, termMs),
    reason: request.reason,
    createdAt: context.now,
    state: 'approved',
    steps: 1,
    cycleId: null,
    delivery: null,
    settledEventId: null,
  });
  await recordAudit(tx, context, {
    action: 'transfer-reversal-agreed',
    target: `transfer:${id}`,
    detail: { originalId: original.id, reason: request.reason },
  });
  await notifyEngine(tx);
  return ok({ transferId: id });
}
