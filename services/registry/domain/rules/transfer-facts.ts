/** What the rules need to know about one transfer; loaded under the locks that the posting holds. */
import type { BusinessCalendar } from '#libs/time/calendar.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Evidence } from '../suitability.ts';
import type { SubjectNature } from '../subject.ts';

/** A reversal undoes a delivered trade: exempt from R7, R10 and R11, counted by R8. */
export type TransferPurpose = 'trade' | 'reversal';

export interface PartyFacts {
  readonly accountId: string;
  readonly accountKind: string;
  readonly accountStatus: string;
  readonly subjectId: string;
  readonly nature: SubjectNature;
  /** Suitability evidence whatever its validity; the rules look at the dates. */
  readonly evidence: readonly Evidence[];
}

export interface SecurityFacts {
  readonly securityId: string;
  readonly productType: string;
  readonly status: string;
  readonly issuerRegion: string;
}

export interface NatureFacts {
  readonly code: string;
  readonly tradable: boolean;
}

/** R9: an approved exception from the holder limit that is in force on the business date. */
export interface ExemptionFacts {
  readonly exemptionId: string;
  readonly cap: number;
  readonly basis: string;
}

export interface HolderFacts {
  /** Distinct holders looked through, as they stand before this transfer. */
  readonly before: number;
  /** The same as they would stand after it. */
  readonly after: number;
  readonly exemption: ExemptionFacts | undefined;
}

export interface TransferFacts {
  readonly purpose: TransferPurpose;
  readonly businessDate: LocalDate;
  /** Must reach from the last trades, or far enough back to show the gap, to the business date. */
  readonly calendar: BusinessCalendar;
  readonly marketRegion: string;
  /** Transaction method of the model's code list: 1 online, 2 offline agreement. */
  readonly method: string;
  readonly security: SecurityFacts;
  readonly nature: NatureFacts;
  readonly seller: PartyFacts;
  readonly buyer: PartyFacts;
  readonly quantity: bigint;
  /** The seller's available shares of the nature, this transfer's own reservation included. */
  readonly available: bigint;
  /** Last trade or subscription by which the seller acquired this security. */
  readonly sellerLastBoughtOn: LocalDate | undefined;
  /** Last trade by which the buyer disposed of this security. */
  readonly buyerLastSoldOn: LocalDate | undefined;
  readonly holders: HolderFacts;
}
