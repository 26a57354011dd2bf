// Shows for each appended record that it stands in the tree of a verified header; then it is final.
import type { LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { verifyInclusion } from '#libs/proof/tree.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { refreshFacts } from '../repositories/fact-repository.ts';
import {
  type LaneSequence,
  markFinal,
  type UnprovenRow,
  unprovenPackets,
} from '../repositories/packet-repository.ts';
import { wake } from '../repositories/wake.ts';
import { ChainRefused } from './follow-headers.ts';

export interface ProvingDeps {
  readonly engine: LedgerEngine;
  readonly suite: Suite;
  readonly clock: Clock;
}

const PACKETS_MAX = 256;
const CALLS_AT_ONCE = 8;

/** One round; true when there was something to do. Errors: ChainRefused, EngineUnavailable. */
export async function provePackets<DB>(db: Database<DB>, deps: ProvingDeps): Promise<boolean> {
  const rows = await unprovenPackets(db, PACKETS_MAX);
  if (rows.length === 0) return false;
  const proven: Proven[] = [];
  for (let start = 0; start < rows.length; start += CALLS_AT_ONCE) {
    const some = rows.slice(start, start + CALLS_AT_ONCE);
    proven.push(...(await Promise.all(some.map((row) => prove(deps, row)))));
  }
  await inTransaction(db, 'read committed', async (tx) => {
    await markFinal(tx, proven, deps.clock.now());
    await refreshFacts(
      tx,
      rows.map((row) => row.event_id),
    );
    await wake(tx, 'relay');
    return ok();
  });
  return true;
}

interface Proven extends LaneSequence {
  readonly path: readonly Uint8Array[];
}

async function prove({ engine, suite }: ProvingDeps, row: UnprovenRow): Promise<Proven> {
  const { lane, sequence, leaf_index: leafIndex, tree_size: treeSize } = row;
  const path = await engine.prove(leafIndex, treeSize);
  const header = expectOk(decodeHeader(row.header), 'a header that has been verified');
  const isIncluded = verifyInclusion(suite, {
    leafHash: row.record_hash,
    leafIndex,
    treeSize,
    path,
    root: header.treeRoot,
  });
  if (!isIncluded) throw new ChainRefused(`leaf ${leafIndex} is not in the tree of ${treeSize}`);
  return { lane, sequence, path };
}
