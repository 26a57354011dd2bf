/** The state of the business chain's application: what the next block is judged by. */
import { type Genesis, genesisHeader } from '#libs/proof/genesis.ts';
import { encodeHeader, headerHash } from '#libs/proof/header.ts';
import type { LaneTable } from '#libs/proof/lane-table.ts';
import { emptyEdge, type RightEdge } from '#libs/proof/right-edge.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { ValidatorSet } from '#libs/proof/validator-set.ts';

/** Where one data object stands. */
export interface ObjectHead {
  readonly latestVersion: number;
  readonly isDeleted: boolean;
  /** After an overwrite of an older version: the next one that must be overwritten too. */
  readonly owedVersion: number | undefined;
  /** Latest revision by version, at least of the versions that a batch overwrites. */
  readonly revisions: ReadonlyMap<number, number>;
}

export type ObjectHeads = ReadonlyMap<string, ObjectHead>;

/** What records alone are judged by, apart from any block. */
export interface RecordState {
  readonly chainId: string;
  readonly lanes: LaneTable;
  /** The set that certifies the next block. */
  readonly validators: ValidatorSet;
  /** How many times the set has been changed. */
  readonly setChanges: bigint;
}

export interface ChainState extends RecordState {
  readonly engine: string;
  /** Of the last block. */
  readonly height: bigint;
  readonly headerHash: Uint8Array;
  readonly timeMs: bigint;
  readonly edge: RightEdge;
}

export function genesisState(suite: Suite, genesis: Genesis): ChainState {
  const header = genesisHeader(suite, genesis);
  return {
    chainId: genesis.chainId,
    engine: genesis.engine,
    height: 0n,
    headerHash: headerHash(suite, encodeHeader(header)),
    timeMs: genesis.timeMs,
    edge: emptyEdge,
    lanes: [],
    validators: genesis.validators,
    setChanges: 0n,
  };
}
