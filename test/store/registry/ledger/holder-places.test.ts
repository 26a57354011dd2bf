// The holder limit (R8): races for the last place, places that pass on, look-through.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import {
  commit,
  deliver,
  giveBack,
  issueWith,
  reserve,
  reverse,
  termsOf,
  transfer,
} from './ledger-acts.ts';
import { addInvestor, type Issue, type LedgerStore, openLedgerStore } from './ledger-store.ts';

let store: LedgerStore;

beforeAll(async () => {
  store = await openLedgerStore(34);
});
afterAll(async () => {
  await store.drop();
});

const investors = (count: number) =>
  Promise.all(Array.from({ length: count }, () => addInvestor(store)));

async function stateOf(issue: Issue): Promise<[holders: number, places: number]> {
  const { rows } = await sql<{ holders: number; places: number }>`
    select holders, places from security_state
    where security_id = ${issue.securityId}`.execute(store.db);
  return [rows[0]?.holders ?? -1, rows[0]?.places ?? -1];
}

describe('the last place', () => {
  it('goes to exactly one of 64 who commit at once', async () => {
    const holders = await investors(2);
    const [seller] = holders;
    if (seller === undefined) throw new Error('no seller');
    const issue = await issueWith(
      store,
      holders.map((investor) => ({ investor, quantity: 1_000n })),
      3,
    );
    const buyers = await investors(64);
    const items = buyers.map((buyer) => termsOf({ issue, seller, buyer, quantity: 1n }));
    await reserve(store, items);
    const outcomes = await Promise.all(items.map((item) => commit(store, [item.instructionId], 3)));
    const won = outcomes.flat().filter(({ outcome }) => outcome === 'committed');
    expect(won).toHaveLength(1);
    expect(outcomes.flat().filter(({ outcome }) => outcome === 'holder-limit')).toHaveLength(63);
    expect(await stateOf(issue)).toEqual([2, 3]);
    const delivered = await deliver(
      store,
      items.map((item) => item.instructionId),
    );
    expect(delivered.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await stateOf(issue)).toEqual([3, 3]);
  });

  it('passes from a seller who gives up everything to a newcomer, and comes back if that fails', async () => {
    const [a, b, c, d] = await investors(4);
    if (!a || !b || !c || !d) throw new Error('too few');
    const issue = await issueWith(
      store,
      [
        { investor: a, quantity: 100n },
        { investor: b, quantity: 100n },
      ],
      2,
    );
    const whole = termsOf({ issue, seller: a, buyer: c, quantity: 100n });
    const part = termsOf({ issue, seller: b, buyer: d, quantity: 10n });
    const toLeaver = termsOf({ issue, seller: b, buyer: a, quantity: 10n });
    await reserve(store, [whole, part, toLeaver]);
    expect(await commit(store, [whole.instructionId], 2)).toMatchObject([{ outcome: 'committed' }]);
    expect(await stateOf(issue)).toEqual([2, 2]);
    const refused = await commit(store, [part.instructionId, toLeaver.instructionId], 2);
    expect(refused).toEqual([
      { outcome: 'holder-limit', placesNeeded: 3 },
      { outcome: 'holder-limit', placesNeeded: 3 },
    ]);
    expect(await giveBack(store, [whole.instructionId])).toEqual(['returned']);
    expect(await stateOf(issue)).toEqual([2, 2]);
    expect(await commit(store, [toLeaver.instructionId], 2)).toMatchObject([
      { outcome: 'committed' },
    ]);
  });

  it('is not lent twice: a newcomer awaited through a leaving seller needs a place of its own for a second delivery', async () => {
    const [a, b, c] = await investors(3);
    if (!a || !b || !c) throw new Error('too few');
    const issue = await issueWith(
      store,
      [
        { investor: a, quantity: 100n },
        { investor: b, quantity: 100n },
      ],
      2,
    );
    const whole = termsOf({ issue, seller: a, buyer: c, quantity: 100n });
    const second = termsOf({ issue, seller: b, buyer: c, quantity: 10n });
    await reserve(store, [whole, second]);
    await commit(store, [whole.instructionId], 2);
    expect(await commit(store, [second.instructionId], 2)).toMatchObject([
      { outcome: 'holder-limit', placesNeeded: 3 },
    ]);
    expect(await commit(store, [second.instructionId], 3)).toMatchObject([
      { outcome: 'committed' },
    ]);
    await giveBack(store, [whole.instructionId]);
    expect(await stateOf(issue)).toEqual([2, 3]);
    await deliver(store, [second.instructionId]);
    expect(await stateOf(issue)).toEqual([3, 3]);
  });

  it('is kept for a seller who left but is awaited by a committed delivery', async () => {
    const [a, b] = await investors(2);
    if (!a || !b) throw new Error('too few');
    const issue = await issueWith(
      store,
      [
        { investor: a, quantity: 100n },
        { investor: b, quantity: 100n },
      ],
      2,
    );
    const back = termsOf({ issue, seller: b, buyer: a, quantity: 10n });
    await reserve(store, [back]);
    await commit(store, [back.instructionId], 2);
    await transfer(store, { issue, seller: a, buyer: b, quantity: 100n });
    expect(await stateOf(issue)).toEqual([1, 2]);
    await deliver(store, [back.instructionId]);
    expect(await stateOf(issue)).toEqual([2, 2]);
  });

  it('counts a looked-through partnership by its real holders, each once', async () => {
    const [a, b] = await investors(2);
    if (!a || !b) throw new Error('too few');
    const { rows } = await sql<{ identity: Uint8Array }>`
      select identity from holder_identity where subject_id = ${a.subjectId}`.execute(store.db);
    const others = [1, 2].map((seed) => new Uint8Array(32).fill(seed));
    const partnership = await addInvestor(store, 'organisation', [
      ...rows.map((row) => row.identity),
      ...others,
    ]);
    const issue = await issueWith(
      store,
      [
        { investor: a, quantity: 100n },
        { investor: b, quantity: 100n },
      ],
      3,
    );
    const item = termsOf({ issue, seller: b, buyer: partnership, quantity: 10n });
    await reserve(store, [item]);
    expect(await commit(store, [item.instructionId], 3)).toEqual([
      { outcome: 'holder-limit', placesNeeded: 4 },
    ]);
    await commit(store, [item.instructionId], 4);
    await deliver(store, [item.instructionId]);
    expect(await stateOf(issue)).toEqual([4, 4]);
    await transfer(store, { issue, seller: a, buyer: b, quantity: 100n });
    expect(await stateOf(issue)).toEqual([4, 4]);
  });

  it('stops a reversal that would create one holder too many', async () => {
    const [a, b, c] = await investors(3);
    if (!a || !b || !c) throw new Error('too few');
    const issue = await issueWith(
      store,
      [
        { investor: a, quantity: 100n },
        { investor: b, quantity: 100n },
      ],
      2,
    );
    const original = await transfer(store, { issue, seller: a, buyer: b, quantity: 100n });
    await transfer(store, { issue, seller: b, buyer: c, quantity: 10n });
    expect(await reverse(store, original, newUuid(), 2)).toEqual({
      outcome: 'holder-limit',
      placesNeeded: 3,
    });
    expect(await reverse(store, original, newUuid(), 3)).toMatchObject({ outcome: 'reversed' });
    expect(await stateOf(issue)).toEqual([3, 3]);
  });
});

describe('rivals', () => {
  it('share one holding without a share lost, and lock crossing securities without deadlock', async () => {
    const traders = await investors(4);
    const issues = await Promise.all(
      Array.from({ length: 3 }, () =>
        issueWith(
          store,
          traders.map((investor) => ({ investor, quantity: 100_000n })),
        ),
      ),
    );
    const batches = Array.from({ length: 24 }, (_, at) =>
      [0, 1, 2].map((step) => {
        const issue = issues[(at + step * (at % 2 === 0 ? 1 : 2)) % 3];
        const seller = traders[at % 4];
        const buyer = traders[(at + 1 + step) % 4];
        if (!issue || !seller || !buyer) throw new Error('too few');
        return termsOf({
          issue,
          seller,
          buyer: buyer === seller ? (traders[(at + 2) % 4] ?? buyer) : buyer,
          quantity: 10n,
        });
      }),
    );
    await Promise.all(
      batches.map(async (items) => {
        const ids = items.map((item) => item.instructionId);
        await reserve(store, items);
        await commit(store, ids);
        await deliver(store, ids.toReversed());
      }),
    );
    const { rows } = await sql<{ total: bigint; trades: bigint }>`
      select sum(total) as total, (select count(*) from trade
        where security_id = any(${issues.map((issue) => issue.securityId)}::uuid[])) as trades
      from holding
      where security_id = any(${issues.map((issue) => issue.securityId)}::uuid[])`.execute(
      store.db,
    );
    expect(rows[0]?.total.toString()).toBe('1200000');
    expect(rows[0]?.trades).toBe(72n);
  });

  it('of two reservations for one holding only one fits', async () => {
    const [seller, buyer] = await investors(2);
    if (!seller || !buyer) throw new Error('too few');
    const issue = await issueWith(store, [{ investor: seller, quantity: 100n }]);
    const outcomes = await Promise.all(
      [0, 1].map(() => reserve(store, [termsOf({ issue, seller, buyer, quantity: 60n })])),
    );
    expect(
      outcomes
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['insufficient', 'reserved']);
  });
});
