/** Maker-checker for the registry: the operations as libs/approvals executes them. */
import type { Approval, Payload, PayloadCipher } from '#libs/approvals/approval.ts';
import {
  type ApprovalRules,
  DEFAULT_LIFETIME_MS,
  requestApproval,
} from '#libs/approvals/approvals.ts';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Tx } from '#libs/db/database.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { PersonalCipher } from '../repositories/personal-cipher.ts';
import type { RegistrySetting } from '../use-cases/act.ts';
import { type OperationName, operations } from './operations.ts';

export type RegistryApprovals = ApprovalRules<unknown, ProblemRefusal>;

export function approvalsOf(setting: RegistrySetting): RegistryApprovals {
  const executors = Object.entries(operations).map(
    ([name, { execute }]): [string, RegistryApprovals['executors'][string]] => [
      name,
      (tx, context, payload, approval) =>
        execute(tx, setting, { ...context, businessKey: `approval:${approval.id}` }, payload),
    ],
  );
  return {
    executors: Object.fromEntries(executors),
    cipher: payloadCipher(setting.cipher),
    lifetimeMs: DEFAULT_LIFETIME_MS,
  };
}

/**
 * A maker's request: refused now where it would be refused later, else stored for a second person.
 * Errors: those of the operation's check.
 */
export async function submitForApproval(
  tx: Tx<unknown>,
  setting: RegistrySetting,
  context: ActingContext,
  request: { readonly operation: OperationName; readonly payload: Payload },
): Promise<Result<Approval, ProblemRefusal>> {
  const checked = await operations[request.operation].check(tx, setting, request.payload);
  if (!checked.ok) return checked;
  return ok(await requestApproval(approvalsOf(setting), tx, context, request));
}

/** Payloads name persons; the approval's id is not known yet when one is sealed. */
function payloadCipher(cipher: PersonalCipher): PayloadCipher {
  const place = { table: 'approval', column: 'payload', rowId: 'any' };
  return {
    seal: (plain) => cipher.seal(place, new TextDecoder().decode(plain)),
    open: (sealed) => new TextEncoder().encode(cipher.open(place, sealed)),
  };
}
