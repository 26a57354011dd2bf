/** Re-derives the appends: their digests, their requests from the records, their places. */
import type { Executor } from '#libs/db/database.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { appendRowDigest, toAppendRow } from '../repositories/append-repository.ts';
import { toBytes } from '../repositories/rows.ts';
import { readCounts, storedAppends } from './stored-rows.ts';

/** Only a sequencer has appends; there they cover every record once. */
export async function* checkAppends(db: Executor, suite: Suite): AsyncGenerator<Difference> {
  const table = 'append_batch';
  let next = 0n;
  for await (const row of storedAppends(db)) {
    const key = `ticket=${row.ticket}`;
    const append = toAppendRow(row);
    const digest = appendRowDigest(append);
    yield* compareStored(table, `${key} row_digest`, digest, toBytes(row.row_digest));
    yield* compareStored(table, `${key} first_leaf_index`, next, append.firstLeafIndex);
    const requestHash = suite.sm3(...row.hashes.map(toBytes));
    yield* compareStored(table, `${key} request_hash`, requestHash, append.requestHash);
    next = append.firstLeafIndex + BigInt(append.recordCount);
  }
  const counts = await readCounts(db);
  if (next > 0n && counts !== undefined) {
    yield* compareStored(table, 'records appended', counts.records, next);
  }
}
