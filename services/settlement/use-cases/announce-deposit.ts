/** Client money is announced here and counts once the bank confirms it. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Executor, Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import { insertDeposit, isReferenceUsed } from '../repositories/deposit-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';
import { checkFundAccount, type FundAccountRefusal } from './check-fund-account.ts';

export interface DepositTerms {
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly reference: string;
}

export type DepositRefusal = Refusal<'deposit-reference-used'>;

/** Errors: fund-account-not-found, registry-unavailable, deposit-reference-used. */
export async function checkDeposit(
  db: Executor,
  registry: RegistryPort,
  terms: DepositTerms,
): Promise<Result<undefined, DepositRefusal | FundAccountRefusal>> {
  const account = await checkFundAccount(registry, terms.fundAccountId);
  if (!account.ok) return account;
  const { reference } = terms;
  if (await isReferenceUsed(db, reference)) return refuse('deposit-reference-used', { reference });
  return ok();
}

/** Errors: fund-account-not-found, registry-unavailable, deposit-reference-used. */
export async function announceDeposit(
  tx: Tx<unknown>,
  context: ActingContext,
  registry: RegistryPort,
  terms: DepositTerms,
): Promise<Result<{ depositId: Uuid }, DepositRefusal | FundAccountRefusal>> {
  const permitted = await checkDeposit(tx, registry, terms);
  if (!permitted.ok) return permitted;
  const id = newUuid();
  const { reference } = terms;
  const isNew = await insertDeposit(tx, { ...terms, id, announcedAt: context.now });
  if (!isNew) return refuse('deposit-reference-used', { reference });
  await recordAudit(tx, context, {
    action: 'deposit-announced',
    target: `deposit:${id}`,
    detail: { fundAccountId: terms.fundAccountId, amountFen: terms.amountFen.toString() },
  });
  await notifyEngine(tx);
  return ok({ depositId: id });
}
