/** Re-derives one node's whole store from the raw bytes of its records, and reports differences. */
import type { Executor } from '#libs/db/database.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { type Genesis, genesisHeader } from '#libs/proof/genesis.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import type { LaneTable } from '#libs/proof/lane-table.ts';
import { emptyEdge, growTree, type RightEdge } from '#libs/proof/right-edge.ts';
import { type Suite, zeroHash } from '#libs/proof/suite.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { checkAppends } from './fsck/append-checks.ts';
import { checkBlock, checkNodes, checkSignatures } from './fsck/block-checks.ts';
import { checkRecord, type Derived } from './fsck/record-checks.ts';
import {
  highestSigned,
  type LeafRange,
  readCounts,
  readRange,
  type StoredBlock,
  storedBlocks,
  strayingSignatures,
} from './fsck/stored-rows.ts';
import { toBytes } from './repositories/rows.ts';

const BLOCK_RECORDS_MAX = 1000n;

/** The checks of a node's store: its chain, and on a sequencer its appends. */
export function chainChecks<DB>(suite: Suite, genesis: Genesis): readonly Check<DB>[] {
  return [
    { name: 'chain from raw records', run: (tx) => checkChain(tx, suite, genesis) },
    { name: 'appends from raw records', run: (tx) => checkAppends(tx, suite) },
  ];
}

interface Walk {
  readonly derived: Derived;
  edge: RightEdge;
  nodeCount: bigint;
  height: bigint;
  headerHash: Uint8Array;
  timeMs: bigint;
  readonly highest: ReadonlyMap<string, bigint>;
}

async function* checkChain(
  db: Executor,
  suite: Suite,
  genesis: Genesis,
): AsyncGenerator<Difference> {
  const walk: Walk = {
    derived: {
      suite,
      chainId: genesis.chainId,
      lanes: new Map(),
      objects: new Map(),
      validators: genesis.validators,
      setChanges: 0n,
      objectCount: 0n,
    },
    edge: emptyEdge,
    nodeCount: 0n,
    height: -1n,
    headerHash: zeroHash(),
    timeMs: genesisHeader(suite, genesis).timeMs,
    highest: await highestSigned(db),
  };
  for await (const row of storedBlocks(db)) yield* checkNextBlock(db, genesis, walk, row);
  yield* checkWaiting(db, walk);
  yield* checkCounts(db, walk);
  yield* checkStraying(db);
}

async function* checkStraying(db: Executor): AsyncGenerator<Difference> {
  for (const { height, key_id: keyId } of await strayingSignatures(db)) {
    const key = `height=${height} key_id=${keyId}`;
    yield { table: 'block_signature', key, expected: 'nothing', found: 'a signature' };
  }
}

async function* checkNextBlock(
  db: Executor,
  genesis: Genesis,
  walk: Walk,
  row: StoredBlock,
): AsyncGenerator<Difference> {
  const { derived } = walk;
  const { suite, validators } = derived;
  const leafHashes: Uint8Array[] = [];
  const range = { from: walk.edge.size, until: endOf(row, walk.edge.size) };
  const rows = await readRange(db, range);
  for (let leaf = range.from; leaf < range.until; leaf += 1n) {
    leafHashes.push(yield* checkRecord(derived, rows, leaf));
  }
  const grown = growTree(suite, walk.edge, leafHashes);
  yield* checkNodes(db, grown.nodes);
  const height = walk.height + 1n;
  const timeMs = yield* checkBlock(suite, genesis, row, {
    height,
    previousHeaderHash: walk.headerHash,
    previousTimeMs: walk.timeMs,
    leafHashes,
    edge: grown.edge,
    lanes: lanesOf(derived),
    validators,
    nextValidators: derived.validators,
  });
  yield* checkSignatures(db, suite, row, {
    validators,
    witnesses: genesis.witnesses,
    highest: walk.highest,
  });
  walk.edge = grown.edge;
  walk.nodeCount += BigInt(grown.nodes.length);
  walk.height = row.height;
  walk.headerHash = suite.sm3(toBytes(row.header));
  walk.timeMs = timeMs;
}

/** The signed header says where its block ends; the column only where the header does not. */
function endOf(row: StoredBlock, start: bigint): bigint {
  const header = decodeHeader(toBytes(row.header));
  const ends = [header.ok ? header.value.treeSize : row.tree_size, row.tree_size];
  return ends.find((end) => end >= start && end - start <= BLOCK_RECORDS_MAX) ?? start;
}

/** Records that no block has yet. */
async function* checkWaiting(db: Executor, walk: Walk): AsyncGenerator<Difference> {
  const counts = await readCounts(db);
  const until = counts?.records ?? walk.edge.size;
  for (let from = walk.edge.size; from < until; from += BLOCK_RECORDS_MAX) {
    const range: LeafRange = { from, until: min(from + BLOCK_RECORDS_MAX, until) };
    const rows = await readRange(db, range);
    for (let leaf = range.from; leaf < range.until; leaf += 1n) {
      yield* checkRecord(walk.derived, rows, leaf);
    }
  }
}

/** Rows that nothing gave rise to: what is expected was looked up one by one. */
async function* checkCounts(db: Executor, walk: Walk): AsyncGenerator<Difference> {
  const counts = await readCounts(db);
  if (counts === undefined) return;
  const { objectCount, setChanges } = walk.derived;
  yield* compareStored('object_record', 'number of rows', objectCount, counts.objects);
  yield* compareStored('set_change', 'number of rows', setChanges, counts.set_changes);
  yield* compareStored('tree_node', 'number of rows', walk.nodeCount, counts.nodes);
}

function lanesOf(derived: Derived): LaneTable {
  return [...derived.lanes.values()].sort((a, b) => a.lane - b.lane);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
