/** Re-derives every column about one block: header, hashes, tree nodes, lane table, signatures. */
import type { Executor } from '#libs/db/database.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header } from '#libs/proof/header.ts';
import { encodeLaneTable, type LaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import { edgeRoot, type RightEdge, type TreeNode } from '#libs/proof/right-edge.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { treeRoot } from '#libs/proof/tree.ts';
import { type PublicKey, type ValidatorSet, validatorSetHash } from '#libs/proof/validator-set.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { toHex } from '#libs/sm/hex.ts';
import { toBytes } from '../repositories/rows.ts';
import { readNodes, readSignatures, type StoredBlock } from './stored-rows.ts';

/** What the records say that a block must be. */
export interface ExpectedBlock {
  readonly height: bigint;
  readonly previousHeaderHash: Uint8Array;
  readonly previousTimeMs: bigint;
  readonly leafHashes: readonly Uint8Array[];
  readonly edge: RightEdge;
  readonly lanes: LaneTable;
  readonly validators: ValidatorSet;
  readonly nextValidators: ValidatorSet;
}

/** The time of the stored header, where it can be read. */
export function* checkBlock(
  suite: Suite,
  genesis: Genesis,
  row: StoredBlock,
  expected: ExpectedBlock,
): Generator<Difference, bigint> {
  const key = `height=${row.height}`;
  const table = 'block';
  const header = toBytes(row.header);
  yield* compareStored(table, key, expected.height, row.height);
  yield* compareStored(table, `${key} header_hash`, suite.sm3(header), toBytes(row.header_hash));
  const previous = row.previous_header_hash === null ? null : toBytes(row.previous_header_hash);
  const expectedPrevious = expected.height === 0n ? null : expected.previousHeaderHash;
  yield* compareStored(table, `${key} previous_header_hash`, expectedPrevious, previous);
  yield* compareStored(table, `${key} tree_size`, expected.edge.size, row.tree_size);
  yield* compareStored(table, `${key} record_count`, expected.leafHashes.length, row.record_count);
  const lanes = encodeLaneTable(expected.lanes);
  yield* compareStored(table, `${key} lane_table`, lanes, toBytes(row.lane_table));
  const decoded = decodeHeader(header);
  if (!decoded.ok) {
    yield { table, key: `${key} header`, expected: 'a header', found: decoded.error };
    return expected.previousTimeMs;
  }
  const { timeMs } = decoded.value;
  yield* compareHeader(key, expectedHeader(suite, genesis, expected, timeMs), header);
  if (timeMs < expected.previousTimeMs) {
    yield* compareStored(table, `${key} header time`, expected.previousTimeMs, timeMs);
  }
  return timeMs;
}

function expectedHeader(
  suite: Suite,
  genesis: Genesis,
  expected: ExpectedBlock,
  timeMs: bigint,
): Header {
  return {
    chainId: genesis.chainId,
    height: expected.height,
    previousHeaderHash: expected.previousHeaderHash,
    batchRoot: treeRoot(suite, expected.leafHashes),
    treeSize: expected.edge.size,
    treeRoot: edgeRoot(suite, expected.edge),
    // Derived by nothing: the signatures cover it.
    timeMs,
    laneTableRoot: laneTableRoot(suite, expected.lanes),
    validatorSetHash: validatorSetHash(suite, expected.validators),
    nextValidatorSetHash: validatorSetHash(suite, expected.nextValidators),
    engine: genesis.engine,
  };
}

function* compareHeader(key: string, expected: Header, found: Uint8Array): Generator<Difference> {
  yield* compareStored('block', `${key} header`, encodeHeader(expected), found);
}

export async function* checkNodes(
  db: Executor,
  nodes: readonly TreeNode[],
): AsyncGenerator<Difference> {
  const stored = await readNodes(db, nodes);
  for (const { hash, index, level } of nodes) {
    const found = stored.get(`${level}/${index}`);
    const key = `level=${level} node_index=${index} hash`;
    yield* compareStored('tree_node', key, hash, found === undefined ? null : toBytes(found));
  }
}

export interface SignatureKeys {
  readonly validators: ValidatorSet;
  readonly witnesses: readonly PublicKey[];
  /** By key id: below it no block lacks the key's signature. */
  readonly highest: ReadonlyMap<string, bigint>;
}

/** Who has signed the block, by keys that may: a signature cannot be derived, but checked. */
export async function* checkSignatures(
  db: Executor,
  suite: Suite,
  row: StoredBlock,
  { highest, validators, witnesses }: SignatureKeys,
): AsyncGenerator<Difference> {
  const { height } = row;
  const hash = suite.sm3(toBytes(row.header));
  const stored = await readSignatures(db, height);
  const expected = `a signature over ${toHex(hash)}`;
  const at = (keyId: string): string => `height=${height} key_id=${keyId} signature`;
  const keys = [...validators, ...witnesses];
  for (const { key_id: keyId, signature } of stored) {
    const key = keys.find((each) => each.keyId === keyId);
    const found = toHex(toBytes(signature));
    const valid = key !== undefined && suite.verifySm2(key.publicKey, hash, toBytes(signature));
    if (!valid) yield { table: 'block_signature', key: at(keyId), expected, found };
  }
  // Of several validators a quorum is enough; a single one and the witnesses sign every block.
  const required = validators.length === 1 ? keys : witnesses;
  for (const { keyId } of required) {
    const isDue = height > 0n && height < (highest.get(keyId) ?? 0n);
    if (!isDue || stored.some((row) => row.key_id === keyId)) continue;
    yield { table: 'block_signature', key: at(keyId), expected, found: 'nothing' };
  }
}
