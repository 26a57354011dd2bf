/** Pays client money out: held at approval, ordered at the bank, posted when the bank confirms. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Executor, Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { Payee, PayeeCipher } from '../bank/payee-cipher.ts';
import { findMoneyAccount, holdMoney } from '../repositories/money-repository.ts';
import { insertPayout } from '../repositories/payout-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';

export interface PayoutTerms extends Payee {
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly bankCode: string;
}

export type PayoutRefusal = Refusal<'fund-account-not-found' | 'insufficient-money'>;

/** Errors: fund-account-not-found, insufficient-money. */
export async function checkPayout(
  db: Executor,
  terms: PayoutTerms,
): Promise<Result<undefined, PayoutRefusal>> {
  const { fundAccountId, amountFen } = terms;
  const account = await findMoneyAccount(db, fundAccountId);
  if (account === undefined) return refuse('fund-account-not-found', { fundAccountId });
  const available = account.balanceFen - account.heldFen;
  if (available < amountFen) {
    return refuse('insufficient-money', {
      availableFen: available.toString(),
      requiredFen: amountFen.toString(),
    });
  }
  return ok();
}

/** Errors: fund-account-not-found, insufficient-money. */
export async function requestPayout(
  tx: Tx<unknown>,
  context: ActingContext,
  terms: PayoutTerms,
  payees: PayeeCipher,
): Promise<Result<{ payoutId: Uuid }, PayoutRefusal>> {
  const permitted = await checkPayout(tx, terms);
  if (!permitted.ok) return permitted;
  const id = newUuid();
  const { fundAccountId, amountFen, bankCode } = terms;
  const hold = { instructionId: id, accountId: fundAccountId, amountFen };
  const held = await holdMoney(tx, [hold], context.now);
  if (!held.has(id)) {
    // A rival took the money between the check and the lock.
    return refuse('insufficient-money', { availableFen: '-', requiredFen: amountFen.toString() });
  }
  const sealed = payees.seal(id, terms);
  const requestedAt = context.now;
  await insertPayout(tx, { id, fundAccountId, amountFen, bankCode, requestedAt, ...sealed });
  await recordAudit(tx, context, {
    action: 'payout-requested',
    target: `payout:${id}`,
    detail: { fundAccountId, amountFen: amountFen.toString() },
  });
  await notifyEngine(tx);
  return ok({ payoutId: id });
}
