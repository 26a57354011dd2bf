/** A maker submits the terms of a transfer; what can be refused now is refused now, all at once. */
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Fen, isFen } from '#libs/quantity/money.ts';
import type { ShareQuantity } from '#libs/quantity/shares.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import type { AgreedTransfer } from '../domain/agreed-transfer.ts';
import { amountOf } from '../domain/amount.ts';
import { chargesOf, computeCharges, parametersOn } from '../domain/charges.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import { findDocument } from '../repositories/document-repository.ts';
import { listFeeParameters } from '../repositories/fee-repository.ts';

export interface TransferTerms {
  readonly securityId: Uuid;
  readonly sellerAccountId: Uuid;
  readonly buyerAccountId: Uuid;
  readonly natureCode: string;
  readonly quantity: ShareQuantity;
  readonly unitPrice: string;
  readonly amountFen: Fen;
  readonly agreementDocumentId: Uuid;
  readonly agreementNumber: string;
  readonly dealtAt: Instant;
  readonly deadline: Instant | undefined;
}

export type SubmitRefusal = Refusal<
  | 'transfer-same-account'
  | 'transfer-deadline-passed'
  | 'transfer-amount-mismatch'
  | 'agreement-document-not-found'
  | 'registry-unavailable'
  | 'settlement-day-closed'
  | 'transfer-not-allowed'
  | 'transfer-below-charges'
>;

const dayMs = 86_400_000;
const defaultTermMs = 7 * dayMs;
const termMaxMs = 30 * dayMs;

function checkTerms(terms: TransferTerms, now: Instant): Result<Instant, SubmitRefusal> {
  if (terms.sellerAccountId === terms.buyerAccountId) return refuse('transfer-same-account');
  const deadline = terms.deadline ?? addMilliseconds(now, defaultTermMs);
  if (deadline <= now || deadline > addMilliseconds(now, termMaxMs)) {
    return refuse('transfer-deadline-passed', { deadline });
  }
  const expected = amountOf(terms.unitPrice, terms.quantity);
  if (expected !== terms.amountFen) {
    return refuse('transfer-amount-mismatch', {
      expectedFen: expected?.toString() ?? '-',
      observedFen: terms.amountFen.toString(),
    });
  }
  return ok(deadline);
}

const unavailable = (): ReturnType<typeof refuse<'registry-unavailable'>> =>
  refuse('registry-unavailable');

/**
 * Completes the terms to what will execute: fund accounts, parties, document hash, charges.
 * Errors: transfer-same-account, transfer-deadline-passed, transfer-amount-mismatch,
 * agreement-document-not-found, registry-unavailable, settlement-day-closed, transfer-not-allowed,
 * transfer-below-charges.
 */
export async function submitTransfer(
  db: Executor,
  registry: RegistryPort,
  terms: TransferTerms,
  now: Instant,
): Promise<Result<AgreedTransfer, SubmitRefusal>> {
  const deadline = checkTerms(terms, now);
  if (!deadline.ok) return deadline;
  const document = await findDocument(db, terms.agreementDocumentId);
  if (document === undefined) {
    return refuse('agreement-document-not-found', { documentId: terms.agreementDocumentId });
  }
  const [day, findings, seller, buyer] = await Promise.all([
    registry.businessDay(),
    registry.preview(terms),
    registry.account(terms.sellerAccountId),
    registry.account(terms.buyerAccountId),
  ]);
  if (!day.ok || !seller.ok || !buyer.ok) return unavailable();
  if (day.value === undefined) return refuse('settlement-day-closed');
  const sellerFund = seller.value?.linkedAccountId;
  const buyerFund = buyer.value?.linkedAccountId;
  if (seller.value === undefined || sellerFund === undefined) return withoutFund('seller');
  if (buyer.value === undefined || buyerFund === undefined) return withoutFund('buyer');
  if (!findings.ok) return unavailable();
  if (findings.value.length > 0) {
    const count = findings.value.length.toString();
    return refuse('transfer-not-allowed', { count }, findings.value);
  }
  const parameters = parametersOn(await listFeeParameters(db), day.value);
  const charges = computeCharges(terms.amountFen, parameters);
  if (!charges.ok) return refuse('transfer-not-allowed', { count: '1' }, [charges.error]);
  if (!isFen(terms.amountFen + chargesOf(charges.value, 'buyer'))) {
    const outOfRange = { pointer: '/amountFen', code: 'amount-out-of-range' };
    return refuse('transfer-not-allowed', { count: '1' }, [outOfRange]);
  }
  const sellerCharges = chargesOf(charges.value, 'seller');
  if (sellerCharges > terms.amountFen) {
    // The seller's charges are paid from the price alone, so that settling can never fail on them.
    return refuse('transfer-below-charges', {
      chargesFen: sellerCharges.toString(),
      amountFen: terms.amountFen.toString(),
    });
  }
  return ok({
    ...terms,
    deadline: deadline.value,
    agreementHash: document.sm3,
    sellerSubjectId: seller.value.subjectId,
    buyerSubjectId: buyer.value.subjectId,
    sellerFundAccountId: sellerFund,
    buyerFundAccountId: buyerFund,
    charges: charges.value,
  });
}

function withoutFund(side: 'seller' | 'buyer') {
  const pointer = `/${side}AccountId`;
  return refuse('transfer-not-allowed', { count: '1' }, [
    { pointer, code: 'transfer-without-fund-account', params: { side } },
  ]);
}
