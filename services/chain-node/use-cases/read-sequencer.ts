/** What the sequencer tells the link and the follower beside the public reads. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, present, type Result } from '#libs/result/result.ts';
import { smallInteger } from '../domain/small-integer.ts';
import { findAppend } from '../repositories/append-repository.ts';
import {
  findBlock,
  findBlockOfLeaf,
  findBlocks,
  findLastHeight,
  findSignatures,
  rangeOf,
} from '../repositories/block-repository.ts';
import { findRecordHashes, nextLeafIndex, readRecords } from '../repositories/record-repository.ts';
import { findSetBefore } from '../repositories/state-repository.ts';
import type { ChainReader } from './read-chain.ts';
import type { RawBlock } from './replay-block.ts';
import { waitFor, type WakeUp } from './wake-up.ts';

export interface RecordPlace {
  readonly height: bigint;
  readonly index: number;
  readonly leafIndex: bigint;
  readonly recordHash: Uint8Array;
}

/** The places of an append's records, or undefined while it is not final. Errors: not-found. */
export async function readTicket(
  reader: ChainReader,
  ticket: string,
  waitMs: number,
): Promise<Result<readonly RecordPlace[] | undefined, Refusal<'not-found'>>> {
  const { context, finality } = reader;
  const append = await findAppend(context.db, ticket);
  if (append === undefined) return refuse('not-found');
  const { firstLeafIndex, recordCount } = append;
  const lastLeafIndex = firstLeafIndex + BigInt(recordCount) - 1n;
  const places = await waitFor(finality.risen, waitMs, async () => {
    const finalHeight = await finality.height();
    const last = await findBlockOfLeaf(context.db, lastLeafIndex);
    if (last === undefined || last.height > finalHeight) return undefined;
    return placesOf(reader, firstLeafIndex, recordCount);
  });
  return ok(places);
}

async function placesOf(
  { context }: ChainReader,
  firstLeafIndex: bigint,
  count: number,
): Promise<readonly RecordPlace[]> {
  const first = present(await findBlockOfLeaf(context.db, firstLeafIndex), 'the first block');
  // A batch of 1,000 records lies in a thousand blocks at the most, in practice in two.
  const blocks = await findBlocks(context.db, first.height, count);
  const hashes = await findRecordHashes(context.db, firstLeafIndex, count);
  let at = 0;
  return hashes.map((recordHash, offset) => {
    const leafIndex = firstLeafIndex + BigInt(offset);
    while (leafIndex >= present(blocks[at], 'the block of the leaf').header.treeSize) at += 1;
    const block = present(blocks[at], 'the block of the leaf');
    const index = smallInteger(leafIndex - rangeOf(block).firstLeafIndex);
    return { height: block.height, index, leafIndex, recordHash };
  });
}

/** A block once the operator has signed it. Errors: not-found, when it was not within the time. */
export async function readRawBlock(
  { context }: ChainReader,
  height: bigint,
  wait: { readonly signed: WakeUp; readonly waitMs: number },
): Promise<Result<RawBlock, Refusal<'not-found'>>> {
  if (height === 0n) return refuse('not-found');
  const block = await waitFor(wait.signed, wait.waitMs, () => signedBlock(context, height));
  return block === undefined ? refuse('not-found') : ok(block);
}

async function signedBlock(
  { db, suite, genesis }: ChainReader['context'],
  height: bigint,
): Promise<RawBlock | undefined> {
  const block = await findBlock(db, height);
  if (block === undefined) return undefined;
  const { firstLeafIndex, count } = rangeOf(block);
  const { validators } = await findSetBefore(db, suite, genesis, firstLeafIndex);
  const entries = (await findSignatures(db, height, height)).get(height) ?? [];
  const certificate = entries.filter((entry) =>
    validators.some((member) => member.keyId === entry.keyId),
  );
  if (certificate.length === 0) return undefined;
  const records = await readRecords(db, firstLeafIndex, count);
  return { header: block.headerBytes, certificate, records };
}

export interface LocalState {
  readonly localHeight: bigint;
  readonly waitingRecords: bigint;
}

/** How far this node's own store is, final or not. */
export async function readLocalState({ context }: ChainReader): Promise<LocalState> {
  const localHeight = (await findLastHeight(context.db)) ?? 0n;
  const block = await findBlock(context.db, localHeight);
  const inBlocks = block?.header.treeSize ?? 0n;
  return { localHeight, waitingRecords: (await nextLeafIndex(context.db)) - inBlocks };
}
