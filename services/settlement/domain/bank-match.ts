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

export interface KnownPayout {
  readonly id: Uuid;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly state: 'held' | 'instructed' | 'paid' | 'returned';
}

/** What the books know of a line's reference, and how much more client money they can count. */
export interface Books {
  readonly deposit: AnnouncedDeposit | undefined;
  readonly payout: KnownPayout | undefined;
  /** Above this the total of client money would leave the range of the regulator's numbers. */
  readonly roomFen: bigint;
}

export type Match =
  | { readonly kind: 'deposit-confirmed'; readonly deposit: AnnouncedDeposit }
  | {
      readonly kind: 'deposit-mismatched';
      readonly deposit: AnnouncedDeposit;
      readonly reason: string;
    }
  | { readonly kind: 'payout-paid'; readonly payout: KnownPayout }
  | { readonly kind: 'payout-returned'; readonly payout: KnownPayout }
  | { readonly kind: 'unknown' };

/**
 * Money counts for a client only if reference, amount and account are those announced. Each payout
 * is paid once and returned at most once; whatever else the bank tells waits in suspense.
 */
export function matchStatementLine(line: StatementLine, books: Books): Match {
  if (line.direction === 'in') return matchIncoming(line, books);
  const { payout } = books;
  if (payout === undefined || payout.amountFen !== line.amountFen) return { kind: 'unknown' };
  if (line.direction === 'out') {
    const isExpected = payout.state === 'held' || payout.state === 'instructed';
    return isExpected ? { kind: 'payout-paid', payout } : { kind: 'unknown' };
  }
  const isReturnable = payout.state === 'paid' && line.amountFen <= books.roomFen;
  return isReturnable ? { kind: 'payout-returned', payout } : { kind: 'unknown' };
}

function matchIncoming(line: StatementLine, { deposit, roomFen }: Books): Match {
  if (deposit === undefined) return { kind: 'unknown' };
  const mismatched = (reason: string): Match => ({ kind: 'deposit-mismatched', deposit, reason });
  if (deposit.amountFen !== line.amountFen) return mismatched('amount-differs');
  if (line.fundAccountId !== null && line.fundAccountId !== deposit.fundAccountId) {
    return mismatched('account-differs');
  }
  if (line.amountFen > roomFen) return mismatched('total-out-of-range');
  return { kind: 'deposit-confirmed', deposit };
}
