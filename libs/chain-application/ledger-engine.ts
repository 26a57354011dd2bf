/** The port to a business chain, whatever engine runs it: chain records go in, proofs come out. */
import type { Certificate } from '#libs/proof/certificate.ts';
import type { LaneTable } from '#libs/proof/lane-table.ts';
import type { ValidatorSet } from '#libs/proof/validator-set.ts';
import type { Result } from '#libs/result/result.ts';
import type { RefusedRecord } from './check-batch.ts';

export interface AppendBatch {
  /** 1 to 1,000 records, 8 MiB in all, in order. */
  readonly records: readonly Uint8Array[];
  /** The same key with the same records is the same append, however often it is sent. */
  readonly idempotencyKey: string;
}

export interface RecordPosition {
  readonly height: bigint;
  /** Place in its block, from 0. */
  readonly index: number;
  readonly leafIndex: bigint;
  readonly recordHash: Uint8Array;
}

export interface CertifiedHeader {
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly certificate: Certificate;
  /** The lane table that the header commits to. */
  readonly lanes: LaneTable;
}

export type AppendRefusal =
  | { readonly kind: 'records-refused'; readonly records: readonly RefusedRecord[] }
  | { readonly kind: 'key-reused' };

/** The engine did not answer or is not ready: the outcome is unknown, the call may be repeated. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

/** Every call may throw EngineUnavailable. */
export interface LedgerEngine {
  /** All or nothing; answers with a ticket at once. */
  append(batch: AppendBatch): Promise<Result<string, AppendRefusal>>;
  /** Resolves when the batch is final; never for records that could still be rolled back. */
  awaitFinal(ticket: string, signal: AbortSignal): Promise<readonly RecordPosition[]>;
  /** Undefined while there is no final block at the height. */
  header(height: bigint): Promise<CertifiedHeader | undefined>;
  /** The inclusion path of a leaf to the root of the tree of that size. */
  prove(leafIndex: bigint, treeSize: bigint): Promise<readonly Uint8Array[]>;
  consistency(fromSize: bigint, toSize: bigint): Promise<readonly Uint8Array[]>;
  /** Record bytes as appended. */
  read(height: bigint, index: number): Promise<Uint8Array | undefined>;
  /** The set that certifies the block at the height. */
  validatorSet(height: bigint): Promise<ValidatorSet | undefined>;
  /** Final headers without a gap from the height on, for as long as the signal lets it run. */
  subscribe(fromHeight: bigint, signal: AbortSignal): AsyncIterable<CertifiedHeader>;
}
