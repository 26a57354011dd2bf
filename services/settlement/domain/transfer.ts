/** A transfer on its way: where it can stand, and what may follow. */
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import type { ShareQuantity } from '#libs/quantity/shares.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Charge } from './charges.ts';

export const transferStates = [
  'approved',
  'reserved',
  'funded',
  'committing',
  'committed',
  'decided',
  'delivered',
  'settled',
  'returning',
  'failed',
  'cancelled',
] as const;

/**
 * approved: agreed by two persons. reserved: the seller's shares are under a claim. funded: the
 * buyer's money is held. committing: taken into a cycle. committed: the registry cannot refuse any
 * more. decided: both legs will be posted. delivered: shares moved. settled: money moved, final.
 * returning: shares and money go back. failed, cancelled: they are back, final.
 */
export type TransferState = (typeof transferStates)[number];

type Transition = readonly [from: TransferState, to: TransferState];

/** Which state follows which; the database refuses any other. A reversal takes no cycle. */
export const transitions: Readonly<Record<'transfer' | 'reversal', readonly Transition[]>> = {
  transfer: [
    ['approved', 'reserved'],
    ['approved', 'returning'],
    ['approved', 'failed'],
    ['reserved', 'funded'],
    ['reserved', 'returning'],
    ['funded', 'committing'],
    ['funded', 'returning'],
    ['committing', 'committed'],
    ['committing', 'returning'],
    ['committed', 'decided'],
    ['decided', 'delivered'],
    ['delivered', 'settled'],
    ['returning', 'failed'],
    ['returning', 'cancelled'],
  ],
  reversal: [
    ['approved', 'funded'],
    ['approved', 'returning'],
    ['funded', 'decided'],
    ['funded', 'returning'],
    ['decided', 'delivered'],
    ['decided', 'returning'],
    ['delivered', 'settled'],
    ['returning', 'failed'],
    ['returning', 'cancelled'],
  ],
};

export interface ObjectReference {
  readonly objectId: string;
  readonly version: string;
}

/** The registry's answer to a delivery, kept as it came. */
export interface Delivery {
  readonly eventId: Uuid;
  readonly businessDate: LocalDate;
  readonly references: {
    readonly transferReport: ObjectReference;
    readonly product: ObjectReference;
    readonly seller: ObjectReference;
    readonly buyer: ObjectReference;
    readonly sellerFundAccount: ObjectReference;
    readonly buyerFundAccount: ObjectReference;
  };
}

export interface Transfer {
  readonly id: Uuid;
  readonly kind: 'transfer' | 'reversal';
  readonly originalId: Uuid | null;
  readonly approvalId: Uuid;
  readonly securityId: Uuid;
  readonly sellerAccountId: Uuid;
  readonly buyerAccountId: Uuid;
  readonly sellerFundAccountId: Uuid;
  readonly buyerFundAccountId: Uuid;
  readonly sellerSubjectId: Uuid;
  readonly buyerSubjectId: Uuid;
  readonly natureCode: string;
  readonly quantity: ShareQuantity;
  /** Yuan per share, a decimal of at most four places. */
  readonly unitPrice: string;
  readonly amountFen: Fen;
  readonly charges: readonly Charge[];
  readonly agreementDocumentId: Uuid;
  readonly agreementHash: string;
  readonly agreementNumber: string;
  readonly dealtAt: Instant;
  readonly deadline: Instant;
  readonly reason: string | null;
  readonly createdAt: Instant;
  readonly state: TransferState;
  readonly steps: number;
  readonly cycleId: Uuid | null;
  readonly delivery: Delivery | null;
  readonly settledEventId: Uuid | null;
}

const endStates: ReadonlySet<TransferState> = new Set(['settled', 'failed', 'cancelled']);

export const hasEnded = (state: TransferState): boolean => endStates.has(state);

/** Before a cycle takes it, a transfer can be called off. */
export const canBeCancelled = (state: TransferState): boolean =>
  state === 'approved' || state === 'reserved' || state === 'funded';
