// Hands the prepared batch to the chain, however often that takes, and notes where its records
// stand.
import type { AppendRefusal, LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { ok } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { CrashPoint } from '../crash-point.ts';
import { orAborted } from '../or-aborted.ts';
import { batchInHand, type BatchInHand, placeBatch } from '../repositories/packet-repository.ts';
import { wake } from '../repositories/wake.ts';

export interface AppendingDeps {
  readonly engine: LedgerEngine;
  readonly suite: Suite;
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
}

/** The chain refuses what the link has fixed: a defect that people must look at. */
export class AppendRefused extends Error {
  override readonly name = 'AppendRefused';
}

/** One round; false when no batch is in hand. Errors: EngineUnavailable, AppendRefused. */
export async function appendBatch<DB>(
  db: Database<DB>,
  deps: AppendingDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const batch = await batchInHand(db);
  if (batch === undefined) return false;
  const { batchId, records } = batch;
  deps.crashPoint('link-before-append');
  const ticket = await deps.engine.append({ records, idempotencyKey: batchId });
  deps.crashPoint('link-after-append');
  if (!ticket.ok) throw new AppendRefused(describe(ticket.error));
  const positions = await orAborted(deps.engine.awaitFinal(ticket.value, signal), signal);
  if (positions === undefined) return false;
  assertOurs(deps.suite, batch, positions);
  const placed = positions.map(({ height, leafIndex }, batchIndex) => ({
    batchIndex,
    height,
    leafIndex,
  }));
  await inTransaction(db, 'read committed', async (tx) => {
    await placeBatch(tx, batchId, placed, deps.clock.now());
    await wake(tx, 'prove');
    deps.crashPoint('link-before-place-commit');
    return ok();
  });
  deps.crashPoint('link-after-place-commit');
  return true;
}

function assertOurs(
  suite: Suite,
  { records }: BatchInHand,
  positions: readonly { readonly recordHash: Uint8Array }[],
): void {
  const fits =
    positions.length === records.length &&
    records.every((record, index) => {
      const position = positions[index];
      return position !== undefined && equalBytes(position.recordHash, leafHash(suite, record));
    });
  if (!fits) throw new AppendRefused('the positions are those of other records');
}

function describe(refusal: AppendRefusal): string {
  if (refusal.kind === 'key-reused') return 'the batch id was used for other records';
  const named = refusal.records.slice(0, 5).map(({ index, code }) => `${index}: ${code}`);
  return `refused records: ${named.join(', ')}`;
}
