// What the link asks of others: packs of the posting services, the registry's codes, results.
import type { components } from '#libs/contracts/generated/settlement.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import type { Result } from '#libs/result/result.ts';

export type ObjectPack = components['schemas']['ObjectPack'];
export type PackedObject = components['schemas']['PackedObject'];
export type Source = 'registry' | 'settlement';

/** The owner did not answer, or refused: the order stays and is tried again. */
export interface SourceFailure {
  readonly reason: string;
}

export type WaitingBook = components['schemas']['WaitingBook'];

export interface PackSource {
  /** Books with events that the bus has not taken for so long; a page, with its cursor. */
  waitingBooks(
    waitedMs: number,
    cursor: string | null,
  ): Promise<
    Result<
      { readonly items: readonly WaitingBook[]; readonly nextCursor: string | null },
      SourceFailure
    >
  >;
  /** Packs of consecutive events of the book from the sequence on, in order. */
  packs(
    book: string,
    fromSequence: bigint,
    limit: number,
  ): Promise<Result<readonly ObjectPack[], SourceFailure>>;
}

/** The supervisory side's cross-chain service, asked for what no lane has brought. */
export interface ResultSource {
  /** Signed RESULT messages of a lane's packets, in order; a packet without one is left out. */
  results(
    lane: LaneName,
    range: { readonly from: bigint; readonly to: bigint },
    limit: number,
  ): Promise<Result<readonly Uint8Array[], SourceFailure>>;
}

export interface InvestorCodeToRecord {
  readonly objectId: string;
  readonly version: number;
  readonly investorCode: string;
  readonly resultHash: string;
}

export type CodeRefusal =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface InvestorCodes {
  /** Idempotent by the key; gives back the version of the subject that carries the code. */
  record(order: InvestorCodeToRecord, idempotencyKey: string): Promise<Result<string, CodeRefusal>>;
}
