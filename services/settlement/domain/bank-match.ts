/** What a line of the bank's statement means for client money. */
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';

export interface StatementLine {
  readonly direction: 'in' | 'out' | 'out-returned';
  readonly reference: string;
  readonly fundAccountId: Uuid | null;
  readonly amountFen: Fen;
}

export interface AnnouncedDeposit {
  readonly id: Uuid;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
}

export interface InstructedPayout {
  readonly id: Uuid;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
}

export type Match =
  | { readonly kind: 'deposit-confirmed'; readonly deposit: AnnouncedDeposit }
  | {
      readonly kind: 'deposit-mismatched';
      readonly deposit: AnnouncedDeposit;
      readonly reason: string;
    }
  | { readonly kind: 'payout-paid'; readonly payout: InstructedPayout }
  | { readonly kind: 'payout-returned'; readonly payout: InstructedPayout }
  | { readonly kind: 'unknown' };

/** Money counts for a client only if reference, amount and account are those announced. */
export function matchStatementLine(
  line: StatementLine,
  deposit: AnnouncedDeposit | undefined,
  payout: InstructedPayout | undefined,
): Match {
  if (line.direction === 'in') {
    if (deposit === undefined) return { kind: 'unknown' };
    if (deposit.amountFen !== line.amountFen) {
      return { kind: 'deposit-mismatched', deposit, reason: 'amount-differs' };
    }
    if (line.fundAccountId !== null && line.fundAccountId !== deposit.fundAccountId) {
      return { kind: 'deposit-mismatched', deposit, reason: 'account-differs' };
    }
    return { kind: 'deposit-confirmed', deposit };
  }
  if (payout === undefined || payout.amountFen !== line.amountFen) return { kind: 'unknown' };
  return { kind: line.direction === 'out' ? 'payout-paid' : 'payout-returned', payout };
}
