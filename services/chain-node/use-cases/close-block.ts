/** Closes a block over the records that wait, and stores it before anything is signed. */
import {
  BLOCK_BYTES_MAX,
  BLOCK_RECORDS_MAX,
  sealBlock,
} from '#libs/chain-application/apply-block.ts';
import type { ChainState } from '#libs/chain-application/state.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import { insertBlock } from '../repositories/block-repository.ts';
import { findPending, type PendingRecord } from '../repositories/record-repository.ts';
import { findLanesBefore, findSetBefore } from '../repositories/state-repository.ts';
import type { ChainTx, WriterSession } from '../repositories/writer-session.ts';
import type { NodeContext } from './node-context.ts';

/** The state behind the new block, or undefined when no record waits. */
export async function closeBlock(
  session: WriterSession,
  context: NodeContext,
  state: ChainState,
): Promise<ChainState | undefined> {
  const closed = await session.write(async (tx) => {
    const next = await closeInTransaction(tx, context, state);
    context.crashPoint('chain-block-before-commit');
    return next;
  });
  context.crashPoint('chain-block-committed');
  return closed.ok ? closed.value : undefined;
}

async function closeInTransaction(
  tx: ChainTx,
  context: NodeContext,
  state: ChainState,
): Promise<Result<ChainState | undefined, never>> {
  const { suite, genesis, clock } = context;
  const waiting = await findPending(tx, state.edge.size, BLOCK_RECORDS_MAX);
  const taken = waiting.slice(0, countThatFits(waiting));
  if (taken.length === 0) return ok(undefined);
  const treeSize = state.edge.size + BigInt(taken.length);
  const set = await findSetBefore(tx, suite, genesis, treeSize);
  const lanes = await findLanesBefore(tx, treeSize);
  const now = BigInt(toMilliseconds(clock.now()));
  const block = sealBlock(
    suite,
    state,
    { chainId: state.chainId, lanes, ...set },
    {
      hashes: taken.map((record) => record.recordHash),
      timeMs: now > state.timeMs ? now : state.timeMs,
    },
  );
  await insertBlock(tx, { ...block, recordCount: taken.length, lanes });
  return ok(block.state);
}

/** Up to the limit of bytes; a change of the validator set ends its block. */
function countThatFits(waiting: readonly PendingRecord[]): number {
  let bytes = 0;
  for (const [index, record] of waiting.entries()) {
    bytes += record.bytes;
    if (bytes > BLOCK_BYTES_MAX) return index;
    if (record.kind === 'governance') return index + 1;
  }
  return waiting.length;
}
