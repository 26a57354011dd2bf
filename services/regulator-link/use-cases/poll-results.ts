// Asks for the RESULTs of packets that have waited long for one: no lane needs to bring it.
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { laneNames } from '#libs/lane-messages/topics.ts';
import { ok, present } from '#libs/result/result.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { ResultSource } from '../ports.ts';
import { lanesAwaiting } from '../repositories/packet-repository.ts';
import { type ReceivingDeps, receiveReceipts } from './receive-receipts.ts';
import { SourceUnavailable } from './follow-books.ts';

export interface PollingDeps extends ReceivingDeps {
  readonly results: ResultSource;
  /** How long the lanes have for a RESULT. Unit: milliseconds. */
  readonly lagMs: number;
}

const RESULTS_MAX = 100;

/** One round over the lanes; true when one of them may have more. */
export async function pollResults(
  db: Database<unknown>,
  deps: PollingDeps,
  signal: AbortSignal,
): Promise<boolean> {
  let hasMore = false;
  const before = addMilliseconds(deps.clock.now(), -deps.lagMs);
  for (const { lane, from, to } of await lanesAwaiting(db, before)) {
    if (signal.aborted) return false;
    const name = present(laneNames[lane - 1], 'the name of a lane');
    const answer = await deps.results.results(name, { from, to }, RESULTS_MAX);
    if (!answer.ok) throw new SourceUnavailable(`results of ${name}: ${answer.error.reason}`);
    const arrivals = answer.value.map((value) => ({ origin: `polled ${name}`, value }));
    if (arrivals.length === 0) continue;
    await inTransaction(db, 'read committed', async (tx) => {
      await receiveReceipts(tx, arrivals, deps);
      return ok();
    });
    if (arrivals.length === RESULTS_MAX) hasMore = true;
  }
  return hasMore;
}
