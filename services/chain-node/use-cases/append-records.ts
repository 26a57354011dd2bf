/** Takes an ordered batch of records onto the chain's end, all or none, once for its key. */
import { BLOCK_BYTES_MAX } from '#libs/chain-application/apply-block.ts';
import { checkBatch, type RefusedRecord } from '#libs/chain-application/check-batch.ts';
import type { ObjectHeads } from '#libs/chain-application/state.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, present, type Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import { findAppendByKey, insertAppend } from '../repositories/append-repository.ts';
import { findBlock, findLastHeight } from '../repositories/block-repository.ts';
import {
  insertRecords,
  insertSetChange,
  nextLeafIndex,
} from '../repositories/record-repository.ts';
import { ALL_LEAVES, loadObjectHeads, loadRecordState } from '../repositories/state-repository.ts';
import type { ChainTx, WriterSession } from '../repositories/writer-session.ts';
import type { NodeContext } from './node-context.ts';

/** Records that wait for a block; above it the caller is told to come back. */
const QUEUE_RECORDS_MAX = 20_000n;

export interface AppendCommand {
  readonly caller: string;
  readonly idempotencyKey: string;
  readonly records: readonly Uint8Array[];
  readonly now: Instant;
}

export type AppendRefusal = Refusal<
  'batch-too-large' | 'append-queue-full' | 'idempotency-key-reused' | 'records-refused'
>;

/** The ticket. Errors: batch-too-large, idempotency-key-reused, append-queue-full, records-refused. */
export async function appendRecords(
  session: WriterSession,
  context: NodeContext,
  command: AppendCommand,
): Promise<Result<string, AppendRefusal>> {
  const bytes = command.records.reduce((sum, record) => sum + record.length, 0);
  if (bytes > BLOCK_BYTES_MAX) {
    return refuse('batch-too-large', { bytesMax: BLOCK_BYTES_MAX.toString() });
  }
  const { suite } = context;
  const hashes = command.records.map((record) => leafHash(suite, record));
  const requestHash = suite.sm3(...hashes);
  const result = await session.write((tx) => appendOnce(tx, context, { ...command, requestHash }));
  context.crashPoint('chain-append-committed');
  return result;
}

async function appendOnce(
  tx: ChainTx,
  context: NodeContext,
  command: AppendCommand & { readonly requestHash: Uint8Array },
): Promise<Result<string, AppendRefusal>> {
  const { caller, idempotencyKey, records, requestHash } = command;
  const known = await findAppendByKey(tx, caller, idempotencyKey);
  if (known !== undefined) {
    const isSame = equalBytes(known.requestHash, requestHash);
    return isSame ? ok(known.ticket) : refuse('idempotency-key-reused');
  }
  const firstLeafIndex = await nextLeafIndex(tx);
  const waiting = firstLeafIndex - (await lastTreeSize(tx)) + BigInt(records.length);
  if (waiting > QUEUE_RECORDS_MAX) return refuse('append-queue-full');
  const state = await loadRecordState(tx, context.suite, context.genesis);
  const objects = await headsFor(tx, records, ALL_LEAVES);
  const checked = checkBatch(context.suite, state, objects, records);
  if (!checked.ok) return refuseRecords(checked.error);
  const { accepted, next } = checked.value;
  await insertRecords(tx, { firstLeafIndex, records, accepted });
  if (next.setChanges > state.setChanges) {
    const at = accepted.findIndex((record) => record.kind === 'governance');
    const leafIndex = firstLeafIndex + BigInt(at);
    await insertSetChange(tx, { change: next.setChanges, leafIndex, validators: next.validators });
  }
  const ticket = newUuid();
  const recordCount = records.length;
  const receivedAt = command.now;
  await insertAppend(tx, {
    ticket,
    caller,
    idempotencyKey,
    requestHash,
    firstLeafIndex,
    recordCount,
    receivedAt,
  });
  context.crashPoint('chain-append-before-commit');
  return ok(ticket);
}

/** The heads of the objects that the records speak of, as of the leaf. */
export async function headsFor(
  db: ChainTx,
  records: readonly Uint8Array[],
  beforeLeafIndex: bigint,
): Promise<ObjectHeads> {
  const frames = records.flatMap((record) => {
    const decoded = decodeRecord(record);
    return decoded.ok && decoded.value.kind === 'object' ? [decoded.value.frame] : [];
  });
  return loadObjectHeads(db, {
    objectIds: [...new Set(frames.map((frame) => frame.objectId))],
    overwritten: frames.filter((frame) => frame.operation === 'overwrite'),
    beforeLeafIndex,
  });
}

async function lastTreeSize(tx: ChainTx): Promise<bigint> {
  const height = present(await findLastHeight(tx), 'the genesis block');
  return present(await findBlock(tx, height), 'the last block').header.treeSize;
}

function refuseRecords(refused: readonly RefusedRecord[]): Result<never, AppendRefusal> {
  return refuse(
    'records-refused',
    { count: refused.length.toString() },
    refused.map(({ index, code }) => ({ pointer: `/records/${index}`, code })),
  );
}
