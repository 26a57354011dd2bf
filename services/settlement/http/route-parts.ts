/** What the routes of settlement are made with. */
import { type ApprovalRules, requestApproval } from '#libs/approvals/approvals.ts';
import { settlementContract } from '#libs/contracts/generated/settlement-contract.ts';
import type { operations } from '#libs/contracts/generated/settlement.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { CursorCodec } from '#libs/http/cursor.ts';
import { type CallContext, reply, routesOf } from '#libs/http/route.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import type { DocumentCipher } from '../bank/document-cipher.ts';
import type { PackCipher } from '../renderer/pack-cipher.ts';
import { fromApproval } from './approval-codec.ts';

export type SettlementTx = Tx<unknown>;

export const { query, command, action } = routesOf<operations, SettlementTx>(settlementContract);

export interface RouteParts {
  readonly db: Database<unknown>;
  readonly registry: RegistryPort;
  readonly cursors: CursorCodec;
  readonly approvals: ApprovalRules<unknown, ProblemRefusal>;
  readonly documents: DocumentCipher;
  readonly packs: PackCipher;
}

/** 202: the change waits for a second person; nothing else has happened. */
export async function askApproval(
  parts: RouteParts,
  tx: SettlementTx,
  context: CallContext,
  operation: string,
  payload: Readonly<Record<string, unknown>>,
) {
  const approval = await requestApproval(parts.approvals, tx, context, { operation, payload });
  return reply(202, { approval: fromApproval(approval) });
}
