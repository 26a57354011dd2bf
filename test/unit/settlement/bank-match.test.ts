// What a line of the bank's statement means, for every state of what it may speak of.
import { describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import {
  type Books,
  matchStatementLine,
  type StatementLine,
} from '../../../services/settlement/domain/bank-match.ts';

const fundAccountId = newUuid();
const deposit = { id: newUuid(), fundAccountId, amountFen: fen(500n) };
const payout = (state: 'held' | 'instructed' | 'paid' | 'returned') => ({
  id: newUuid(),
  fundAccountId,
  amountFen: fen(500n),
  state,
});
const line = (more: Partial<StatementLine> = {}): StatementLine => ({
  direction: 'in',
  reference: 'REF-001',
  fundAccountId,
  amountFen: fen(500n),
  ...more,
});
const books = (more: Partial<Books> = {}): Books => ({
  deposit: undefined,
  payout: undefined,
  roomFen: 1_000n,
  ...more,
});

describe('money that comes in', () => {
  it.each([
    ['counts when all is as announced', {}, 1_000n, 'deposit-confirmed'],
    [
      'counts when the payer named no account',
      { fundAccountId: null },
      1_000n,
      'deposit-confirmed',
    ],
    ['counts up to the last fen of the range', {}, 500n, 'deposit-confirmed'],
    ['waits when the amount differs', { amountFen: fen(499n) }, 1_000n, 'amount-differs'],
    ['waits when the account differs', { fundAccountId: newUuid() }, 1_000n, 'account-differs'],
    ['waits when the total would leave its range', {}, 499n, 'total-out-of-range'],
  ])('%s', (_, more, roomFen, expected) => {
    const match = matchStatementLine(line(more), books({ deposit, roomFen }));
    const meaning = match.kind === 'deposit-mismatched' ? match.reason : match.kind;
    expect(meaning).toBe(expected);
  });

  it('is unknown when nobody announced it', () => {
    expect(matchStatementLine(line(), books()).kind).toBe('unknown');
  });
});

describe('money that goes out', () => {
  it.each([
    ['held', 'out', 'payout-paid'],
    ['instructed', 'out', 'payout-paid'],
    ['paid', 'out', 'unknown'],
    ['returned', 'out', 'unknown'],
    ['held', 'out-returned', 'unknown'],
    ['instructed', 'out-returned', 'unknown'],
    ['paid', 'out-returned', 'payout-returned'],
    ['returned', 'out-returned', 'unknown'],
  ] as const)('of a payout that is %s: %s is %s', (state, direction, expected) => {
    const match = matchStatementLine(line({ direction }), books({ payout: payout(state) }));
    expect(match.kind).toBe(expected);
  });

  it.each(['out', 'out-returned'] as const)('of another amount, %s, is unknown', (direction) => {
    const state = direction === 'out' ? 'instructed' : 'paid';
    const other = line({ direction, amountFen: fen(501n) });
    expect(matchStatementLine(other, books({ payout: payout(state) })).kind).toBe('unknown');
    expect(matchStatementLine(line({ direction }), books()).kind).toBe('unknown');
  });

  it('cannot come back when there is no room for it', () => {
    const returned = line({ direction: 'out-returned' });
    const full = books({ payout: payout('paid'), roomFen: 499n });
    expect(matchStatementLine(returned, full).kind).toBe('unknown');
  });
});
