/** Executes an approved agreement: the transfer exists from here on, exactly as it was approved. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { refuse, type Refusal } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { AgreedTransfer } from '../domain/agreed-transfer.ts';
import { openClientAccounts } from '../repositories/money-repository.ts';
import { insertTransfer } from '../repositories/transfer-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';

export type AgreeRefusal = Refusal<'transfer-deadline-passed'>;

/** Errors: transfer-deadline-passed. */
export async function agreeTransfer(
  tx: Tx<unknown>,
  context: ActingContext,
  agreed: AgreedTransfer,
  approvalId: Uuid,
): Promise<Result<{ transferId: Uuid }, AgreeRefusal>> {
  if (agreed.deadline <= context.now) {
    return refuse('transfer-deadline-passed', { deadline: agreed.deadline });
  }
  const id = newUuid();
  await openClientAccounts(tx, [agreed.sellerFundAccountId, agreed.buyerFundAccountId]);
  await insertTransfer(tx, {
    ...agreed,
    id,
    kind: 'transfer',
    originalId: null,
    approvalId,
    reason: null,
    createdAt: context.now,
    state: 'approved',
    steps: 1,
    cycleId: null,
    delivery: null,
    settledEventId: null,
  });
  await recordAudit(tx, context, {
    action: 'transfer-agreed',
    target: `transfer:${id}`,
    detail: { approvalId, securityId: agreed.securityId, quantity: agreed.quantity.toString() },
  });
  await notifyEngine(tx);
  return ok({ transferId: id });
}
