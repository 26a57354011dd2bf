/** Takes the bank's statement, line by line and once, and sends the payment orders that wait. */
import type { Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { marketDateOf } from '#libs/time/local-date.ts';
import type { BankConfirmation } from '../bank/bank-port.ts';
import { type Match, matchStatementLine } from '../domain/bank-match.ts';
import {
  endDeposit,
  insertConfirmation,
  lastBankSequence,
  lockAnnouncedDeposit,
} from '../repositories/deposit-repository.ts';
import {
  type Journal,
  openClientAccounts,
  ownAccounts,
  postMoney,
} from '../repositories/money-repository.ts';
import { lockPayout, movePayout } from '../repositories/payout-repository.ts';
import { type EngineParts, type Step, stepTransaction } from './engine-parts.ts';

const linesMax = 200;

export const takeBankConfirmations: Step = async (parts) => {
  const lines = await parts.bank.confirmationsAfter(await lastBankSequence(parts.db), linesMax);
  for (const line of lines) await stepTransaction(parts, (tx) => takeLine(parts, tx, line));
  return lines.length;
};

async function takeLine(
  parts: EngineParts,
  tx: Tx<unknown>,
  line: BankConfirmation,
): Promise<void> {
  const now = parts.clock.now();
  const deposit =
    line.direction === 'in' ? await lockAnnouncedDeposit(tx, line.reference) : undefined;
  const payout = line.direction === 'in' ? undefined : await lockPayout(tx, line.reference);
  const match = matchStatementLine(line, deposit, payout);
  const isNew = await insertConfirmation(tx, line, outcomeOf(match), now);
  if (!isNew) return;
  if (match.kind === 'deposit-confirmed' || match.kind === 'deposit-mismatched') {
    await openClientAccounts(tx, [match.deposit.fundAccountId]);
    const reason = match.kind === 'deposit-mismatched' ? match.reason : null;
    await endDeposit(tx, match.deposit.id, now, reason);
  }
  if (match.kind === 'payout-paid') {
    await movePayout(tx, match.payout.id, 'instructed', 'paid', { at: now });
  }
  if (match.kind === 'payout-returned') {
    await movePayout(tx, match.payout.id, 'paid', 'returned', {
      at: now,
      reason: 'returned-by-bank',
    });
  }
  const usedHolds = match.kind === 'payout-paid' ? [match.payout.id] : [];
  const journal = await journalOf(tx, line, match);
  await postMoney(tx, [{ ...journal, businessDate: marketDateOf(now) }], usedHolds, now);
  if (match.kind === 'unknown' || match.kind === 'deposit-mismatched') {
    const sequence = line.bankSequence;
    parts.log.error('a bank line was put in suspense', { code: 'bank-line-not-matched', sequence });
  }
  parts.crashPoint('settlement.before-bank-commit');
}

const outcomeOf = (match: Match): 'matched' | 'mismatched' | 'unknown' => {
  if (match.kind === 'unknown') return 'unknown';
  return match.kind === 'deposit-mismatched' ? 'mismatched' : 'matched';
};

/** Every line moves the mirror of the bank account; what nobody expected waits in suspense. */
async function journalOf(
  tx: Tx<unknown>,
  line: BankConfirmation,
  match: Match,
): Promise<Omit<Journal, 'businessDate'>> {
  const { bank, suspense } = await ownAccounts(tx);
  const change = line.direction === 'out' ? -line.amountFen : line.amountFen;
  const entry = (kind: Journal['kind'], other: Uuid) => ({
    journalId: newUuid(),
    kind,
    businessKey: `bank:${line.bankSequence}`,
    lines: [
      { accountId: bank, change: -change },
      { accountId: other, change },
    ],
  });
  switch (match.kind) {
    case 'deposit-confirmed':
      return entry('deposit', match.deposit.fundAccountId);
    case 'payout-paid':
      return entry('payout', match.payout.fundAccountId);
    case 'payout-returned':
      return entry('payout-return', match.payout.fundAccountId);
    case 'deposit-mismatched':
    case 'unknown':
      return entry('suspense', suspense);
  }
}
