/** Reading final blocks, their headers, records and proofs, from this node's own store. */
import type { Certificate } from '#libs/proof/certificate.ts';
import { planConsistency, planInclusion } from '#libs/proof/tree-path.ts';
import type { PublicKey, ValidatorSet } from '#libs/proof/validator-set.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, present, type Result } from '#libs/result/result.ts';
import { smallInteger } from '../domain/small-integer.ts';
import {
  type BlockRow,
  findBlock,
  findBlockOfLeaf,
  findBlocks,
  findSignatures,
  rangeOf,
} from '../repositories/block-repository.ts';
import { findRecord, type RecordRow } from '../repositories/record-repository.ts';
import { findSetBefore } from '../repositories/state-repository.ts';
import { findPath } from '../repositories/tree-repository.ts';
import type { Finality } from './finality.ts';
import type { NodeContext } from './node-context.ts';
import { waitFor } from './wake-up.ts';

export interface ChainReader {
  readonly context: NodeContext;
  readonly finality: Finality;
}

export interface CertifiedBlock {
  readonly block: BlockRow;
  readonly certificate: Certificate;
}

/** Undefined above the final height. */
export async function readFinalBlock(
  { context, finality }: ChainReader,
  height: bigint,
): Promise<BlockRow | undefined> {
  if (height > (await finality.height())) return undefined;
  return findBlock(context.db, height);
}

export interface HeaderQuery {
  readonly fromHeight: bigint;
  readonly limit: number;
  readonly waitMs: number;
}

/** Final headers without a gap; empty when there was none within the time. */
export async function readHeaders(
  reader: ChainReader,
  query: HeaderQuery,
): Promise<readonly CertifiedBlock[]> {
  const { finality } = reader;
  const found = await waitFor(finality.risen, query.waitMs, async () => {
    const height = await finality.height();
    return height >= query.fromHeight ? height : undefined;
  });
  if (found === undefined) return [];
  const room = found - query.fromHeight + 1n;
  const limit = room < BigInt(query.limit) ? smallInteger(room) : query.limit;
  const blocks = await findBlocks(reader.context.db, query.fromHeight, limit);
  return withCertificates(reader, blocks);
}

export async function withCertificates(
  { context }: ChainReader,
  blocks: readonly BlockRow[],
): Promise<readonly CertifiedBlock[]> {
  const first = blocks[0];
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) return [];
  const signatures = await findSignatures(context.db, first.height, last.height);
  return blocks.map((block) => ({ block, certificate: signatures.get(block.height) ?? [] }));
}

export interface PlacedRecord {
  readonly record: RecordRow;
  readonly height: bigint;
  readonly index: number;
}

/** Errors: not-found, for a leaf that no final block holds. */
export async function readRecord(
  { context, finality }: ChainReader,
  leafIndex: bigint,
): Promise<Result<PlacedRecord, Refusal<'not-found'>>> {
  const block = await findBlockOfLeaf(context.db, leafIndex);
  if (block === undefined || block.height > (await finality.height())) return refuse('not-found');
  const record = present(await findRecord(context.db, leafIndex), `record ${leafIndex}`);
  const index = smallInteger(leafIndex - rangeOf(block).firstLeafIndex);
  return ok({ record, height: block.height, index });
}

type Path = readonly Uint8Array[];
type PathOutcome = Promise<Result<Path, Refusal<'proof-outside-tree'>>>;

/** Errors: proof-outside-tree. */
export async function readInclusionPath(
  reader: ChainReader,
  leafIndex: bigint,
  treeSize: bigint,
): PathOutcome {
  const size = await finalTreeSize(reader);
  if (treeSize > size || leafIndex >= treeSize) return outsideTree(size);
  const { db, suite } = reader.context;
  return ok(await findPath(db, suite, planInclusion(leafIndex, treeSize)));
}

/** Errors: proof-outside-tree. */
export async function readConsistencyPath(
  reader: ChainReader,
  fromSize: bigint,
  toSize: bigint,
): PathOutcome {
  const size = await finalTreeSize(reader);
  if (toSize > size || fromSize > toSize) return outsideTree(size);
  const { db, suite } = reader.context;
  return ok(await findPath(db, suite, planConsistency(fromSize, toSize)));
}

export interface SetAtHeight {
  readonly validators: ValidatorSet;
  readonly witnesses: readonly PublicKey[];
}

/** The set that certifies the block. Errors: not-found. */
export async function readValidatorSet(
  reader: ChainReader,
  height: bigint,
): Promise<Result<SetAtHeight, Refusal<'not-found'>>> {
  const block = await readFinalBlock(reader, height);
  if (block === undefined) return refuse('not-found');
  const { db, suite, genesis } = reader.context;
  const { validators } = await findSetBefore(db, suite, genesis, rangeOf(block).firstLeafIndex);
  return ok({ validators, witnesses: genesis.witnesses });
}

async function finalTreeSize(reader: ChainReader): Promise<bigint> {
  const height = await reader.finality.height();
  return present(await findBlock(reader.context.db, height), 'the final block').header.treeSize;
}

function outsideTree(size: bigint): Result<never, Refusal<'proof-outside-tree'>> {
  return refuse('proof-outside-tree', { treeSize: size.toString() });
}
