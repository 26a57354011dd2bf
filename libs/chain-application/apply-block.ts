/** The deterministic step of the chain: previous state, ordered records and a time give a block. */
import { encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import { edgeRoot, growTree, type TreeNode } from '#libs/proof/right-edge.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { treeRoot } from '#libs/proof/tree.ts';
import { validatorSetHash } from '#libs/proof/validator-set.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { type AcceptedRecord, checkBatch, type RefusedRecord } from './check-batch.ts';
import type { ChainState, ObjectHeads, RecordState } from './state.ts';

export const BLOCK_RECORDS_MAX = 1000;
/** Record bytes of one block: in base64 and with its header it stays below 16,000,000 bytes. */
export const BLOCK_BYTES_MAX = 8 * 1024 * 1024;

export interface BlockInput {
  readonly records: readonly Uint8Array[];
  /** The engine's clock; never before the previous block's. */
  readonly timeMs: bigint;
}

export interface AppliedBlock {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly accepted: readonly AcceptedRecord[];
  readonly nodes: readonly TreeNode[];
  readonly state: ChainState;
}

export type BlockFault =
  | { readonly code: 'block-empty' | 'block-too-large' | 'block-time-back' }
  | { readonly code: 'block-set-change-not-last' }
  | { readonly code: 'block-records-refused'; readonly records: readonly RefusedRecord[] };

/** Neither clock nor chance: the same input gives the same bytes on every node. */
export function applyBlock(
  suite: Suite,
  state: ChainState,
  objects: ObjectHeads,
  input: BlockInput,
): Result<AppliedBlock, BlockFault> {
  const { records, timeMs } = input;
  if (records.length === 0) return err({ code: 'block-empty' });
  const bytes = records.reduce((sum, record) => sum + record.length, 0);
  if (records.length > BLOCK_RECORDS_MAX || bytes > BLOCK_BYTES_MAX) {
    return err({ code: 'block-too-large' });
  }
  if (timeMs < state.timeMs) return err({ code: 'block-time-back' });
  const checked = checkBatch(suite, state, objects, records);
  if (!checked.ok) return err({ code: 'block-records-refused', records: checked.error });
  const { accepted, next } = checked.value;
  const setChangeAt = accepted.findIndex((record) => record.kind === 'governance');
  if (setChangeAt !== -1 && setChangeAt !== accepted.length - 1) {
    return err({ code: 'block-set-change-not-last' });
  }
  const hashes = accepted.map((record) => record.recordHash);
  return ok({ ...sealBlock(suite, state, next, { hashes, timeMs }), accepted });
}

export interface BlockSeal {
  /** Leaf hashes of the block's records, in order. */
  readonly hashes: readonly Uint8Array[];
  readonly timeMs: bigint;
}

/** The header over records that have been judged already, and the state behind it. */
export function sealBlock(
  suite: Suite,
  state: ChainState,
  next: RecordState,
  { hashes, timeMs }: BlockSeal,
): Omit<AppliedBlock, 'accepted'> {
  const grown = growTree(suite, state.edge, hashes);
  const header: Header = {
    chainId: state.chainId,
    height: state.height + 1n,
    previousHeaderHash: state.headerHash,
    batchRoot: treeRoot(suite, hashes),
    treeSize: grown.edge.size,
    treeRoot: edgeRoot(suite, grown.edge),
    timeMs,
    laneTableRoot: laneTableRoot(suite, next.lanes),
    validatorSetHash: validatorSetHash(suite, state.validators),
    nextValidatorSetHash: validatorSetHash(suite, next.validators),
    engine: state.engine,
  };
  const headerBytes = encodeHeader(header);
  const hash = headerHash(suite, headerBytes);
  return {
    header,
    headerBytes,
    headerHash: hash,
    nodes: grown.nodes,
    state: {
      chainId: state.chainId,
      engine: state.engine,
      height: header.height,
      headerHash: hash,
      timeMs,
      edge: grown.edge,
      lanes: next.lanes,
      validators: next.validators,
      setChanges: next.setChanges,
    },
  };
}
