// Puts verified RESULTs into one record for the business chain; they have no lane of their own.
import type { Executor } from '#libs/db/database.ts';
import { encodeResultsRecord } from '#libs/proof/clear-record.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { toHex } from '#libs/sm/hex.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import { queuedResults, saveResultsRecord } from '../repositories/receipt-repository.ts';

export interface TakingDeps {
  readonly suite: Suite;
  readonly now: Instant;
  readonly resultsDelayMs: number;
  /** Place of the record in its batch. */
  readonly batchIndex: number;
}

const RESULTS_MAX = 1000;
/** So many do not wait for more. */
const RESULTS_ENOUGH = 500;

export interface ResultsTaken {
  /** To be called with the batch that the record goes in, in the same transaction. */
  save(batchId: string): Promise<void>;
}

/** Undefined while there are none, or too few that are too young. */
export async function takeResults(
  tx: Executor,
  { suite, now, resultsDelayMs, batchIndex }: TakingDeps,
): Promise<ResultsTaken | undefined> {
  const rows = await queuedResults(tx, RESULTS_MAX);
  const [oldest] = rows;
  if (oldest === undefined) return undefined;
  const isDue = oldest.queued_at <= addMilliseconds(now, -resultsDelayMs);
  if (!isDue && rows.length < RESULTS_ENOUGH) return undefined;
  const record = encodeResultsRecord(
    rows.map((row) => ({
      packetHash: toHex(row.packet_hash),
      resultHash: toHex(row.message_hash),
      verdict: row.verdict,
      supervisoryHeight: row.supervisory_height.toString(),
    })),
  );
  return {
    save: (batchId) =>
      saveResultsRecord(tx, {
        batchId,
        batchIndex,
        record,
        recordHash: leafHash(suite, record),
        packets: rows,
      }),
  };
}
