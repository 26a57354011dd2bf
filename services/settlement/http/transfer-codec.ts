/** Transfers between the wire and the domain. */
import type { components } from '#libs/contracts/generated/settlement.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { shares } from '#libs/quantity/shares.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { isInstant } from '#libs/time/instant.ts';
import type { ObjectReference, Transfer } from '../domain/transfer.ts';
import type { TransferStep } from '../repositories/transfer-repository.ts';
import type { TransferTerms } from '../use-cases/submit-transfer.ts';

type Schemas = components['schemas'];

/**
 * The contract's formats have bounded quantity and amount; moments are checked here, because the
 * format lets the thirtieth of February pass. Errors: malformed-request.
 */
export function toTerms(
  body: Schemas['TransferToSubmit'],
): Result<TransferTerms, Refusal<'malformed-request'>> {
  const { dealtAt, deadline } = body;
  if (!isInstant(dealtAt)) return noMoment('dealtAt');
  if (deadline !== undefined && !isInstant(deadline)) return noMoment('deadline');
  return ok({
    securityId: body.securityId as Uuid,
    sellerAccountId: body.sellerAccountId as Uuid,
    buyerAccountId: body.buyerAccountId as Uuid,
    natureCode: body.natureCode,
    quantity: shares(BigInt(body.quantity)),
    unitPrice: body.unitPrice,
    amountFen: fen(BigInt(body.amountFen)),
    agreementDocumentId: body.agreementDocumentId as Uuid,
    agreementNumber: body.agreementNumber,
    dealtAt,
    deadline,
  });
}

const noMoment = (name: string) =>
  refuse('malformed-request', undefined, [{ pointer: `/${name}`, code: 'field-format' }]);

function toStep(step: TransferStep): Schemas['TransferStep'] {
  return {
    step: step.step,
    state: step.state,
    at: step.at,
    ...(step.code === null ? {} : { code: step.code }),
    ...(step.detail === null ? {} : { detail: step.detail }),
  };
}

function deliveryMembers({ delivery, settledEventId }: Transfer) {
  return {
    ...(delivery === null
      ? {}
      : {
          businessDate: delivery.businessDate,
          deliveryEventId: delivery.eventId,
          transferReport: delivery.references.transferReport,
        }),
    ...(settledEventId === null ? {} : { settlementEventId: settledEventId }),
  };
}

export function fromTransfer(
  transfer: Transfer,
  steps: readonly TransferStep[],
  linked: { readonly reversalId?: Uuid; readonly settlementObject?: ObjectReference } = {},
): Schemas['Transfer'] {
  const t = transfer;
  return {
    transferId: t.id,
    kind: t.kind,
    state: t.state,
    securityId: t.securityId,
    sellerAccountId: t.sellerAccountId,
    buyerAccountId: t.buyerAccountId,
    natureCode: t.natureCode,
    quantity: t.quantity.toString(),
    unitPrice: t.unitPrice,
    amountFen: t.amountFen.toString(),
    agreementDocumentId: t.agreementDocumentId,
    agreementHash: t.agreementHash,
    agreementNumber: t.agreementNumber,
    dealtAt: t.dealtAt,
    deadline: t.deadline,
    createdAt: t.createdAt,
    charges: t.charges.map((charge) => ({ ...charge, amountFen: charge.amountFen.toString() })),
    ...(t.originalId === null ? {} : { originalTransferId: t.originalId }),
    ...(t.cycleId === null ? {} : { cycleId: t.cycleId }),
    ...(linked.reversalId === undefined ? {} : { reversedByTransferId: linked.reversalId }),
    ...(linked.settlementObject === undefined ? {} : { settlementObject: linked.settlementObject }),
    ...deliveryMembers(t),
    steps: steps.map(toStep),
  };
}
