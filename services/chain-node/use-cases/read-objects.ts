/** What a final block carries, record by record and object by object. */
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { planInclusion } from '#libs/proof/tree-path.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, expectOk, ok, present, type Result } from '#libs/result/result.ts';
import { smallInteger } from '../domain/small-integer.ts';
import { type BlockRow, rangeOf } from '../repositories/block-repository.ts';
import {
  findObjectRows,
  findRecord,
  findRecordByHash,
  findRecordHashes,
  type ObjectRow,
  type RecordRow,
} from '../repositories/record-repository.ts';
import { findPath } from '../repositories/tree-repository.ts';
import { type ChainReader, readFinalBlock } from './read-chain.ts';

type NotFound = Refusal<'not-found'>;

export interface BlockWithIds {
  readonly block: BlockRow;
  readonly recordHashes: readonly Uint8Array[];
}

/** Errors: not-found. */
export async function readBlock(
  reader: ChainReader,
  height: bigint,
): Promise<Result<BlockWithIds, NotFound>> {
  const block = await readFinalBlock(reader, height);
  if (block === undefined) return refuse('not-found');
  const { firstLeafIndex, count } = rangeOf(block);
  const recordHashes = await findRecordHashes(reader.context.db, firstLeafIndex, count);
  return ok({ block, recordHashes });
}

export interface BlockTransaction {
  readonly record: RecordRow;
  readonly index: number;
  readonly object: ObjectRow | undefined;
}

/** Errors: not-found. */
export async function readTransaction(
  reader: ChainReader,
  height: bigint,
  recordHash: Uint8Array,
): Promise<Result<BlockTransaction, NotFound>> {
  const block = await readFinalBlock(reader, height);
  if (block === undefined) return refuse('not-found');
  const range = rangeOf(block);
  const record = await findRecordByHash(reader.context.db, recordHash, range);
  if (record === undefined) return refuse('not-found');
  const only = { firstLeafIndex: record.leafIndex, count: 1 };
  const [object] = await findObjectRows(reader.context.db, only);
  return ok({ record, index: smallInteger(record.leafIndex - range.firstLeafIndex), object });
}

/** Each id once, in order of first appearance. Errors: not-found. */
export async function readObjectIds(
  reader: ChainReader,
  height: bigint,
): Promise<Result<readonly string[], NotFound>> {
  const block = await readFinalBlock(reader, height);
  if (block === undefined) return refuse('not-found');
  const rows = await findObjectRows(reader.context.db, rangeOf(block));
  return ok([...new Set(rows.map((row) => row.objectId))]);
}

export interface ProvenObject {
  readonly object: ObjectRow;
  readonly record: RecordRow;
  readonly snapshotHash: Uint8Array;
  readonly ciphertextHash: Uint8Array;
  readonly treeSize: bigint;
  readonly path: readonly Uint8Array[];
}

/** Every record of the object in the block, in order, each proven. Errors: not-found. */
export async function readObject(
  reader: ChainReader,
  height: bigint,
  objectId: string,
): Promise<Result<readonly ProvenObject[], NotFound>> {
  const block = await readFinalBlock(reader, height);
  if (block === undefined) return refuse('not-found');
  const rows = await findObjectRows(reader.context.db, rangeOf(block), objectId);
  if (rows.length === 0) return refuse('not-found');
  const proven: ProvenObject[] = [];
  for (const object of rows) proven.push(await proveObject(reader, block, object));
  return ok(proven);
}

async function proveObject(
  { context }: ChainReader,
  block: BlockRow,
  object: ObjectRow,
): Promise<ProvenObject> {
  const { db, suite } = context;
  const { treeSize } = block.header;
  const record = present(await findRecord(db, object.leafIndex), `record ${object.leafIndex}`);
  const decoded = expectOk(decodeRecord(record.record), `record ${object.leafIndex}`);
  assert(decoded.kind === 'object', `record ${object.leafIndex} is an object's`);
  return {
    object,
    record,
    snapshotHash: decoded.frame.snapshotHash,
    ciphertextHash: suite.sm3(decoded.body),
    treeSize,
    path: await findPath(db, suite, planInclusion(object.leafIndex, treeSize)),
  };
}
