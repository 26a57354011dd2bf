/** What the calls of settlement share: one stamp for the batch, one record in the audit trail. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { LedgerFinding } from '../domain/ledger-finding.ts';
import type { LedgerStamp } from '../repositories/ledger-stamp.ts';

export type ItemResult<T> = Result<T, readonly LedgerFinding[]>;

/** `command` is what was asked, as plain JSON; its hash stands in every entry of the call. */
export function stampOf(
  context: ActingContext,
  effectiveOn: LocalDate,
  command: unknown,
): LedgerStamp {
  return {
    effectiveOn,
    recordedAt: context.now,
    actor: actorKey(context.actor),
    payloadHash: sm3(canonicalBytes(command)),
  };
}

/** Errors: instruction-repeated. */
export function requireDistinct(
  items: readonly { readonly instructionId: Uuid }[],
): Result<undefined, Refusal<'instruction-repeated'>> {
  const seen = new Set<Uuid>();
  for (const { instructionId } of items) {
    if (seen.has(instructionId)) return refuse('instruction-repeated', { instructionId });
    seen.add(instructionId);
  }
  return ok();
}

/** One record for the call; the entries themselves stand in the journal under the same hash. */
export async function auditCall(
  tx: Executor,
  context: ActingContext,
  call: {
    readonly action: string;
    readonly target: string;
    readonly stamp: LedgerStamp;
    readonly done: number;
    readonly refused: number;
  },
): Promise<void> {
  await recordAudit(tx, context, {
    action: call.action,
    target: call.target,
    detail: {
      payloadHash: toHex(call.stamp.payloadHash),
      businessDate: call.stamp.effectiveOn,
      done: call.done,
      refused: call.refused,
    },
  });
}

/** Single calls name their instruction, batches how many they carry. */
export function targetOf(items: readonly { readonly instructionId: Uuid }[]): string {
  const [first] = items;
  return items.length === 1 && first !== undefined
    ? `instruction:${first.instructionId}`
    : `instructions:${items.length}`;
}
