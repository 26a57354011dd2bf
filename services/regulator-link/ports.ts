// What the link asks of others: packs of the posting services, the registry's codes, the chain.
import type { components } from '#libs/contracts/generated/settlement.ts';
import type { Result } from '#libs/result/result.ts';

export type ObjectPack = components['schemas']['ObjectPack'];
export type PackedObject = components['schemas']['PackedObject'];
export type Source = 'registry' | 'settlement';

/** The owner did not answer, or refused: the order stays and is tried again. */
export interface SourceFailure {
  readonly reason: string;
}

export interface PackSource {
  /** Packs of consecutive events of the book from the sequence on, in order. */
  packs(
    book: string,
    fromSequence: bigint,
    limit: number,
  ): Promise<Result<readonly ObjectPack[], SourceFailure>>;
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
