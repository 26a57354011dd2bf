/** Posts the money of delivered transfers: one journal and one reported event each, all at once. */
import { randomBytes } from 'node:crypto';
import { newUuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import { marketDateTime } from '#libs/time/market-date-time.ts';
import { planEvent, planJournal, type SettlementIds } from '../domain/settled-money.ts';
import type { Transfer } from '../domain/transfer.ts';
import { appendEvents } from '../repositories/event-repository.ts';
import { ownAccounts, type Posting, postMoney } from '../repositories/money-repository.ts';
import { type Move, transfersIn } from '../repositories/transfer-repository.ts';
import { batchMax, moveInStep, type Step, stepTransaction } from './engine-parts.ts';

const newIds = (): SettlementIds => ({
  journalId: newUuid(),
  eventId: newUuid(),
  objectId: newUuid(),
  salt: randomBytes(16).toString('hex'),
});

const dateOf = ({ delivery }: Transfer): string => delivery?.businessDate ?? '';

/** The first two lines of a settlement's journal are the price leg. */
function priceLegOf(lines: readonly Posting[]) {
  const payer = lines.find(({ line }) => line === 1);
  const payee = lines.find(({ line }) => line === 2);
  assert(payer !== undefined && payee !== undefined, 'a settlement has two price lines');
  return { payerAfterFen: payer.afterFen, payeeAfterFen: payee.afterFen };
}

export const settleDelivered: Step = async (parts) => {
  const delivered = await transfersIn(parts.db, 'delivered', batchMax);
  if (delivered.length === 0) return 0;
  // Business dates of a book never run back, even where a crash left deliveries of two days.
  const transfers = delivered.toSorted((a, b) => dateOf(a).localeCompare(dateOf(b)));
  return stepTransaction(parts, async (tx) => {
    const now = parts.clock.now();
    const accounts = await ownAccounts(tx);
    const planned = transfers.map((transfer: Transfer) => ({ transfer, ids: newIds() }));
    const journals = planned.map(({ transfer, ids }) => planJournal(transfer, ids, accounts));
    const postings = await postMoney(
      tx,
      journals,
      transfers.map(({ id }) => id),
      now,
    );
    const byJournal = new Map<string, Posting[]>();
    for (const posting of postings) {
      byJournal.set(posting.journalId, [...(byJournal.get(posting.journalId) ?? []), posting]);
    }
    const events = planned.map(({ transfer, ids }) =>
      planEvent(transfer, ids, priceLegOf(byJournal.get(ids.journalId) ?? []), marketDateTime(now)),
    );
    await appendEvents(tx, events, now);
    const moves = planned.map(
      ({ transfer, ids }): Move => ({
        id: transfer.id,
        to: 'settled',
        settledEventId: ids.eventId,
      }),
    );
    const moved = await moveInStep(parts, tx, 'delivered', moves, now);
    assert(moved.length === transfers.length, 'a delivered transfer can only settle');
    parts.crashPoint('settlement.before-settle-commit');
    return moved.length;
  });
};
