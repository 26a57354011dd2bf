/** What a checker's approval executes, by operation; the payloads are those the routes stored. */
import type { ApprovalRules } from '#libs/approvals/approvals.ts';
import { DEFAULT_LIFETIME_MS } from '#libs/approvals/approvals.ts';
import type { PayloadCipher } from '#libs/approvals/approval.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import type { PayeeCipher } from './bank/payee-cipher.ts';
import { fromPayload } from './domain/agreed-transfer.ts';
import type { RegistryPort } from './domain/registry-port.ts';
import {
  correctionFrom,
  depositFrom,
  feeParameterFrom,
  payoutFrom,
  reasonedFrom,
} from './http/payload-codec.ts';
import { agreeTransfer } from './use-cases/agree-transfer.ts';
import { announceDeposit } from './use-cases/announce-deposit.ts';
import { cancelTransfer } from './use-cases/cancel-transfer.ts';
import { correctObject } from './use-cases/correct-object.ts';
import { requestPayout } from './use-cases/request-payout.ts';
import { reverseTransfer } from './use-cases/reverse-transfer.ts';
import { setFeeParameter } from './use-cases/set-fee-parameter.ts';

export interface ApprovalParts {
  readonly registry: RegistryPort;
  readonly payees: PayeeCipher;
  readonly cipher: PayloadCipher;
}

export function approvalRules(parts: ApprovalParts): ApprovalRules<unknown, ProblemRefusal> {
  return {
    lifetimeMs: DEFAULT_LIFETIME_MS,
    cipher: parts.cipher,
    executors: {
      submitTransfer: (tx, context, payload, approval) =>
        agreeTransfer(tx, context, fromPayload(payload), approval.id),
      cancelTransfer: (tx, context, payload) => cancelTransfer(tx, context, reasonedFrom(payload)),
      reverseTransfer: (tx, context, payload, approval) =>
        reverseTransfer(tx, context, reasonedFrom(payload), approval.id),
      announceDeposit: (tx, context, payload) =>
        announceDeposit(tx, context, parts.registry, depositFrom(payload)),
      requestPayout: (tx, context, payload) =>
        requestPayout(tx, context, payoutFrom(payload), parts.payees),
      setFeeParameter: async (tx, context, payload) => {
        const set = await setFeeParameter(tx, context, parts.registry, feeParameterFrom(payload));
        if (!set.ok) return set;
        const { kind, side, validFrom } = set.value;
        return { ok: true, value: { kind, side, validFrom } };
      },
      correctObject: (tx, context, payload) =>
        correctObject(tx, context, parts.registry, correctionFrom(payload)),
    },
  };
}
