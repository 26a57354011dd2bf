/** Derives a stored block anew from its raw records, and only then signs its header. */
import { type AppliedBlock, applyBlock } from '#libs/chain-application/apply-block.ts';
import type { ChainState } from '#libs/chain-application/state.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { assert, expectOk, ok, present } from '#libs/result/result.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { findBlock, insertSignature, rangeOf } from '../repositories/block-repository.ts';
import { readRecords } from '../repositories/record-repository.ts';
import type { SignerMemory } from '../repositories/signer-memory.ts';
import type { WriterSession } from '../repositories/writer-session.ts';
import { headsFor } from './append-records.ts';
import type { NodeContext } from './node-context.ts';

export interface BlockSigner {
  readonly signer: Signer;
  readonly memory: SignerMemory;
  /** Names the crash points: `operator` or `witness`. */
  readonly role: string;
}

/** The signer holds another truth than the store: nothing is signed until people have looked. */
export class SignerRefused extends Error {
  override readonly name = 'SignerRefused';
}

/**
 * The block behind `previous`, recomputed from the bytes that the store gives back: a second path
 * to the header, sharing nothing with the one that made it. Asserts that both agree.
 */
export async function deriveBlock(
  context: NodeContext,
  previous: ChainState,
): Promise<AppliedBlock> {
  const { db, suite } = context;
  const height = previous.height + 1n;
  const block = present(await findBlock(db, height), `block ${height}`);
  const { firstLeafIndex, count } = rangeOf(block);
  const records = await readRecords(db, firstLeafIndex, count);
  const derived = await db.transaction().execute(async (tx) => {
    const objects = await headsFor(tx, records, firstLeafIndex);
    return applyBlock(suite, previous, objects, { records, timeMs: block.header.timeMs });
  });
  const applied = expectOk(derived, `block ${height} does not follow from its records`);
  const agree = equalBytes(applied.headerBytes, block.headerBytes);
  assert(agree, `block ${height} has another header than its records give`);
  return applied;
}

/** Signs the block behind `previous` and gives the state behind it. Errors: throws SignerRefused. */
export async function signBlock(
  session: WriterSession,
  context: NodeContext,
  by: BlockSigner,
  previous: ChainState,
): Promise<ChainState> {
  const block = await deriveBlock(context, previous);
  const { height } = block.header;
  context.crashPoint(`chain-${by.role}-before-sign`);
  const remembered = await by.memory.remember(height, block.headerHash);
  if (!remembered.ok) throw new SignerRefused(`height ${height}: ${remembered.error}`);
  context.crashPoint(`chain-${by.role}-remembered`);
  const signature = by.signer.sign(block.headerHash);
  context.crashPoint(`chain-${by.role}-signed`);
  await session.write(async (tx) => {
    await insertSignature(tx, height, { keyId: by.signer.keyId, signature });
    return ok();
  });
  context.crashPoint(`chain-${by.role}-signature-committed`);
  return block.state;
}

/** The store may lag behind the signer only if it was put back to an older state. */
export async function assertStoreNotRewound(
  memory: SignerMemory,
  lastHeight: bigint,
): Promise<void> {
  const signed = await memory.highest();
  if (signed <= lastHeight) return;
  throw new SignerRefused(`height ${signed} is signed, but the store ends at ${lastHeight}`);
}
