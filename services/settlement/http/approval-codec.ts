/** Approvals as people see them: names, bank accounts of payees masked. */
import type { Approval, Payload } from '#libs/approvals/approval.ts';
import type { components } from '#libs/contracts/generated/settlement.ts';
import { maskBankAccount, maskName } from '#libs/envelope/masking.ts';

const masks: Readonly<Record<string, (text: string) => string>> = {
  bankAccount: maskBankAccount,
  payeeName: maskName,
};

function maskPayload(payload: Payload): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      const mask = masks[name];
      return [name, mask === undefined || typeof value !== 'string' ? value : mask(value)];
    }),
  );
}

export function fromApproval(approval: Approval): components['schemas']['Approval'] {
  const a = approval;
  return {
    id: a.id,
    operation: a.operation,
    state: a.state,
    payload: maskPayload(a.payload),
    payloadHash: a.payloadHash,
    maker: a.maker,
    madeAt: a.madeAt,
    expiresAt: a.expiresAt,
    ...(a.makerName === null ? {} : { makerName: a.makerName }),
    ...(a.checker === null ? {} : { checker: a.checker }),
    ...(a.checkerName === null ? {} : { checkerName: a.checkerName }),
    ...(a.decidedAt === null ? {} : { decidedAt: a.decidedAt }),
    ...(a.opinion === null ? {} : { opinion: a.opinion }),
    ...(a.result === null ? {} : { result: a.result as Record<string, unknown> }),
  };
}
