/** What settlement asks of the registry; the adapter speaks the registry's contract. */
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import type { ShareQuantity } from '#libs/quantity/shares.ts';
import type { RefusalItem } from '#libs/result/refusal.ts';
import type { Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Delivery } from './transfer.ts';

/** The registry did not answer, so nothing is known; the call may be repeated. */
export interface Unavailable {
  readonly reason: string;
}

type Answer<T> = Promise<Result<T, Unavailable>>;

export interface TransferQuestion {
  readonly securityId: Uuid;
  readonly sellerAccountId: Uuid;
  readonly buyerAccountId: Uuid;
  readonly natureCode: string;
  readonly quantity: ShareQuantity;
}

export interface RegistryAccount {
  readonly accountId: Uuid;
  readonly subjectId: Uuid;
  readonly type: 'securities' | 'fund' | 'issue';
  readonly isActive: boolean;
  /** The fund account of a securities account, and the other way round. */
  readonly linkedAccountId: Uuid | undefined;
}

export interface ReservationItem extends TransferQuestion {
  readonly instructionId: Uuid;
  readonly deadline: Instant;
}

/** Refused with every rule that failed. */
export type ItemOutcome =
  | { readonly instructionId: Uuid; readonly ok: true }
  | { readonly instructionId: Uuid; readonly ok: false; readonly findings: readonly RefusalItem[] };

export interface DeliveryItem {
  readonly instructionId: Uuid;
  readonly amountFen: Fen;
  readonly unitPrice: string;
  readonly agreementHash: string;
  readonly agreementNumber: string;
  readonly dealtAt: Instant;
}

export interface DeliveredItem {
  readonly instructionId: Uuid;
  readonly delivery: Delivery;
}

export type ReversalOutcome =
  | { readonly ok: true; readonly delivery: Delivery }
  | { readonly ok: false; readonly findings: readonly RefusalItem[] };

export interface RegistryPort {
  /** The date of the open business day; undefined where none is open. */
  businessDay(): Answer<LocalDate | undefined>;
  /** Undefined: there is no such account. */
  account(accountId: Uuid): Answer<RegistryAccount | undefined>;
  /** Every rule that fails now; empty when the transfer is allowed. */
  preview(question: TransferQuestion): Answer<readonly RefusalItem[]>;
  reserve(items: readonly ReservationItem[]): Answer<readonly ItemOutcome[]>;
  commit(instructionIds: readonly Uuid[]): Answer<readonly ItemOutcome[]>;
  deliver(cycleId: Uuid, items: readonly DeliveryItem[]): Answer<readonly DeliveredItem[]>;
  giveBack(instructionIds: readonly Uuid[], reason: string): Answer<undefined>;
  reverse(instructionId: Uuid, originalId: Uuid, reason: string): Answer<ReversalOutcome>;
}
