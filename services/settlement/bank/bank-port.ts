/** The custody bank: it confirms what came in and went out, and takes payment orders. */
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface BankConfirmation {
  /** The bank's own gap-free statement number. */
  readonly bankSequence: bigint;
  readonly direction: 'in' | 'out' | 'out-returned';
  readonly reference: string;
  /** The client named by the payer, where there is one. */
  readonly fundAccountId: Uuid | null;
  readonly amountFen: Fen;
  readonly bookedAt: Instant;
}

export interface PaymentOrder {
  /** Repeating an order with the same reference has no further effect. */
  readonly reference: string;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly bankCode: string;
  readonly bankAccount: string;
  readonly payeeName: string;
}

export interface BankPort {
  /** Statement lines after the given number, in order. */
  confirmationsAfter(bankSequence: bigint, limit: number): Promise<readonly BankConfirmation[]>;
  /** Throws where the bank did not answer; the order is then repeated. */
  pay(order: PaymentOrder): Promise<void>;
}
