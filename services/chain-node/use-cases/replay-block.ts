/** The follower's judgement of a block: replayed from its own state, and stored only if it agrees. */
import { applyBlock } from '#libs/chain-application/apply-block.ts';
import type { ChainState } from '#libs/chain-application/state.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { type Certificate, checkCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, headerHash } from '#libs/proof/header.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { insertBlock, insertSignature } from '../repositories/block-repository.ts';
import { insertRecords, insertSetChange } from '../repositories/record-repository.ts';
import type { ChainTx, WriterSession } from '../repositories/writer-session.ts';
import { headsFor } from './append-records.ts';
import type { NodeContext } from './node-context.ts';

export interface RawBlock {
  readonly header: Uint8Array;
  /** The operator's signatures alone: a witness counts on no other. */
  readonly certificate: Certificate;
  readonly records: readonly Uint8Array[];
}

/** Why a follower does not follow; nothing was stored. */
export type ReplayFault =
  | 'header-malformed'
  | 'not-signed-by-the-operator'
  | 'records-refused'
  | 'another-header';

/** Errors: in the order of the union. */
export async function replayBlock(
  session: WriterSession,
  context: NodeContext,
  state: ChainState,
  block: RawBlock,
): Promise<Result<ChainState, ReplayFault>> {
  const { suite } = context;
  const decoded = decodeHeader(block.header);
  if (!decoded.ok) return decoded;
  const trust = { validators: state.validators, witnesses: [] };
  const hash = headerHash(suite, block.header);
  if (!checkCertificate(suite, hash, block.certificate, trust).ok) {
    return err('not-signed-by-the-operator');
  }
  const replayed = await session.write((tx) =>
    replayInTransaction(tx, context, { state, block, timeMs: decoded.value.timeMs }),
  );
  context.crashPoint('chain-replay-committed');
  return replayed;
}

interface Replay {
  readonly state: ChainState;
  readonly block: RawBlock;
  readonly timeMs: bigint;
}

async function replayInTransaction(
  tx: ChainTx,
  context: NodeContext,
  { state, block, timeMs }: Replay,
): Promise<Result<ChainState, ReplayFault>> {
  const { records } = block;
  const firstLeafIndex = state.edge.size;
  const objects = await headsFor(tx, records, firstLeafIndex);
  const applied = applyBlock(context.suite, state, objects, { records, timeMs });
  if (!applied.ok) return err('records-refused');
  const { accepted, header, headerBytes, nodes } = applied.value;
  if (!equalBytes(headerBytes, block.header)) return err('another-header');
  const next = applied.value.state;
  await insertRecords(tx, { firstLeafIndex, records, accepted });
  if (next.setChanges > state.setChanges) {
    const leafIndex = next.edge.size - 1n;
    await insertSetChange(tx, { change: next.setChanges, leafIndex, validators: next.validators });
  }
  await insertBlock(tx, {
    header,
    headerBytes,
    headerHash: applied.value.headerHash,
    recordCount: records.length,
    lanes: next.lanes,
    nodes,
  });
  for (const entry of block.certificate) await insertSignature(tx, header.height, entry);
  context.crashPoint('chain-replay-before-commit');
  return ok(next);
}
