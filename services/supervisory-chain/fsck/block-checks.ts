/** This side's own chain, made again from its verdicts: tree, headers, signatures, times. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { pages } from '#libs/fsck/pages.ts';
import { checkCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, encodeHeader, headerHash } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import {
  edgeRoot,
  emptyEdge,
  growTree,
  type RightEdge,
  type TreeNode,
} from '#libs/proof/right-edge.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { treeRoot } from '#libs/proof/tree.ts';
import { validatorSetHash } from '#libs/proof/validator-set.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { type Instant, toMilliseconds } from '#libs/time/instant.ts';
import { certificateOf } from './header-checks.ts';
import type { FsckParts } from './parts.ts';

interface StoredBlock {
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly header_hash: Uint8Array;
  readonly tree_size: bigint;
  readonly certificate: unknown;
  readonly made_at: Instant;
}

const BLOCKS = `
  select height, header, header_hash, tree_size, certificate, made_at
    from block where height > $1 order by height limit $2`;

const LEAVES = `
  select leaf_hash from verdict where leaf_index >= $1 and leaf_index < $2 order by leaf_index`;

const NODES = `
  select n.level, n.index, n.hash from unnest($1::int[], $2::bigint[]) as w (level, index)
    join tree_node n using (level, index)`;

const table = 'block';

interface Chain {
  readonly edge: RightEdge;
  readonly height: bigint;
  readonly hash: Uint8Array;
  readonly timeMs: bigint;
  readonly nodes: bigint;
}

export async function* checkBlocks(db: Executor, parts: FsckParts): AsyncGenerator<Difference> {
  let chain: Chain = { edge: emptyEdge, height: 0n, hash: zeroHash(), timeMs: 0n, nodes: 0n };
  const rows = pages<StoredBlock, readonly [string]>(db, {
    text: BLOCKS,
    first: ['0'],
    keyOf: (row) => [row.height.toString()],
  });
  for await (const row of rows) chain = yield* checkBlock(db, parts, row, chain);
  const counts = await prepared<{ nodes: bigint }>(
    db,
    'fsck_node_count',
    'select count(*) as nodes from tree_node',
    [],
  );
  yield* compareStored('tree_node', 'number of rows', chain.nodes, counts[0]?.nodes ?? 0n);
}

async function* checkBlock(
  db: Executor,
  parts: FsckParts,
  row: StoredBlock,
  chain: Chain,
): AsyncGenerator<Difference, Chain> {
  const { suite } = parts;
  const key = `height=${row.height}`;
  const leaves = await leavesOf(db, chain.edge.size, endOf(row, chain.edge.size));
  const grown = growTree(suite, chain.edge, leaves);
  yield* checkNodes(db, grown.nodes);
  const height = chain.height + 1n;
  yield* compareStored(table, `${key} height`, height, row.height);
  yield* compareStored(table, `${key} tree_size`, grown.edge.size, row.tree_size);
  const hash = headerHash(suite, row.header);
  yield* compareStored(table, `${key} header_hash`, hash, row.header_hash);
  const madeMs = BigInt(toMilliseconds(row.made_at));
  const timeMs = madeMs > chain.timeMs ? madeMs : chain.timeMs;
  yield* checkHeader(parts, row, key, { ...chain, height, timeMs, edge: grown.edge, leaves });
  const certificate = certificateOf(row.certificate);
  const trust = { validators: parts.validators, witnesses: [] };
  const checked = checkCertificate(suite, hash, certificate ?? [], trust);
  const found = certificate === undefined ? 'malformed' : checked.ok ? 'valid' : checked.error;
  yield* compareStored(table, `${key} certificate`, 'valid', found);
  const nodes = chain.nodes + BigInt(grown.nodes.length);
  return { edge: grown.edge, height: row.height, hash, timeMs, nodes };
}

/** The signed header says where its block ends; the column only where the header does not. */
function endOf(row: StoredBlock, start: bigint): bigint {
  const header = decodeHeader(row.header);
  const told = header.ok ? header.value.treeSize : row.tree_size;
  return told >= start && told - start <= 1_000n ? told : start;
}

async function leavesOf(db: Executor, from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
  const rows = await prepared<{ leaf_hash: Uint8Array }>(db, 'fsck_leaves', LEAVES, [from, to]);
  return rows.map((row) => row.leaf_hash);
}

async function* checkNodes(db: Executor, nodes: readonly TreeNode[]): AsyncGenerator<Difference> {
  const levels = nodes.map(({ level }) => level);
  const indexes = nodes.map(({ index }) => index);
  const rows = await prepared<{ level: number; index: bigint; hash: Uint8Array }>(
    db,
    'fsck_nodes',
    NODES,
    [levels, indexes],
  );
  const stored = new Map(rows.map((row) => [`${row.level}/${row.index}`, row.hash]));
  for (const { level, index, hash } of nodes) {
    const key = `level=${level} index=${index} hash`;
    yield* compareStored('tree_node', key, hash, stored.get(`${level}/${index}`) ?? null);
  }
}

function* checkHeader(
  { suite, chainId, validators }: FsckParts,
  row: StoredBlock,
  key: string,
  made: Omit<Chain, 'nodes'> & { readonly leaves: readonly Uint8Array[] },
): Generator<Difference> {
  const setHash = validatorSetHash(suite, validators);
  const header = encodeHeader({
    chainId,
    height: made.height,
    previousHeaderHash: made.hash,
    batchRoot: treeRoot(suite, made.leaves),
    treeSize: made.edge.size,
    treeRoot: edgeRoot(suite, made.edge),
    timeMs: made.timeMs,
    laneTableRoot: laneTableRoot(suite, []),
    validatorSetHash: setHash,
    nextValidatorSetHash: setHash,
    engine: 'embedded',
  });
  yield* compareStored(table, `${key} header`, header, row.header);
}
