/** Takes the bank's statement, line by line and once, and sends the payment orders that wait. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
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
  roomForMoney,
} from '../repositories/money-repository.ts';
import { lockPayout, movePayout } from '../repositories/payout-repository.ts';
import {
  engineContext,
  type EngineParts,
  RegistryUnavailable,
  type Step,
  stepTransaction,
} from './engine-parts.ts';

const linesMax = 200;

/** Client money moves on the open business day, so the bank's lines wait until there is one. */
export const takeBankConfirmations: Step = async (parts) => {
  const lines = await parts.bank.confirmationsAfter(await lastBankSequence(parts.db), linesMax);
  if (lines.length === 0) return 0;
  const day = await parts.registry.businessDay();
  if (!day.ok) throw new RegistryUnavailable(day.error.reason);
  const businessDate = day.value;
  if (businessDate === undefined) return 0;
  for (const line of lines) {
    await stepTransaction(parts, (tx) => takeLine(parts, tx, line, businessDate));
  }
  return lines.length;
};

async function takeLine(
  parts: EngineParts,
  tx: Tx<unknown>,
  line: BankConfirmation,
  businessDate: LocalDate,
): Promise<void> {
  const now = parts.clock.now();
  const match = matchStatementLine(line, await booksFor(tx, line));
  const isNew = await insertConfirmation(tx, line, outcomeOf(match), now);
  if (!isNew) return;
  await endMatched(tx, match, now);
  const usedHolds = match.kind === 'payout-paid' ? [match.payout.id] : [];
  const journal = await journalOf(tx, line, match);
  await postMoney(tx, [{ ...journal, businessDate }], usedHolds, now);
  await recordAudit(tx, engineContext(now), {
    action: 'bank-line-taken',
    target: `bank-line:${line.bankSequence}`,
    detail: { meaning: match.kind, amountFen: line.amountFen.toString() },
  });
  if (match.kind === 'unknown' || match.kind === 'deposit-mismatched') {
    const sequence = line.bankSequence;
    parts.log.error('a bank line was put in suspense', { code: 'bank-line-not-matched', sequence });
  }
  parts.crashPoint('settlement.before-bank-commit');
}

async function booksFor(tx: Tx<unknown>, { direction, reference }: BankConfirmation) {
  const isIncoming = direction === 'in';
  return {
    deposit: isIncoming ? await lockAnnouncedDeposit(tx, reference) : undefined,
    payout: isIncoming ? undefined : await lockPayout(tx, reference),
    roomFen: await roomForMoney(tx),
  };
}

async function endMatched(tx: Tx<unknown>, match: Match, now: Instant): Promise<void> {
  switch (match.kind) {
    case 'deposit-confirmed':
      await openClientAccounts(tx, [match.deposit.fundAccountId]);
      return endDeposit(tx, match.deposit.id, now, null);
    case 'deposit-mismatched':
      return endDeposit(tx, match.deposit.id, now, match.reason);
    case 'payout-paid': {
      const { id, state } = match.payout;
      const isPaid = await movePayout(tx, id, state, 'paid', { at: now });
      return assert(isPaid, 'a locked payout was paid');
    }
    case 'payout-returned': {
      const ended = { at: now, reason: 'returned-by-bank' };
      const isReturned = await movePayout(tx, match.payout.id, 'paid', 'returned', ended);
      return assert(isReturned, 'a locked payout was returned');
    }
    case 'unknown':
      return;
  }
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
