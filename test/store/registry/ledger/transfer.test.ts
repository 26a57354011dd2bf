// One transfer through the ledger: reserve, commit, deliver, reverse, on a real PostgreSQL.
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
import {
  addInvestor,
  type Investor,
  type Issue,
  type LedgerStore,
  openLedgerStore,
} from './ledger-store.ts';

let store: LedgerStore;

beforeAll(async () => {
  store = await openLedgerStore();
});
afterAll(async () => {
  await store.drop();
});

interface Figures {
  readonly total: bigint;
  readonly free: bigint;
  readonly available: bigint;
  readonly reserved: bigint;
}

async function holdingOf(issue: Issue, investor: Investor): Promise<Figures | undefined> {
  const { rows } = await sql<Figures>`
    select total, free, available, reserved from holding
    where security_id = ${issue.securityId} and account_id = ${investor.accountId}`.execute(
    store.db,
  );
  return rows[0];
}

async function stateOf(issue: Issue): Promise<{ holders: number; places: number }> {
  const { rows } = await sql<{ holders: number; places: number }>`
    select holders, places from security_state
    where security_id = ${issue.securityId}`.execute(store.db);
  return rows[0] ?? { holders: -1, places: -1 };
}

describe('a transfer', () => {
  it('moves through reserved, committed and delivered with the figures of each step', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 1_000n }]);
    const item = termsOf({ issue, seller, buyer, quantity: 400n });
    expect(await reserve(store, [item])).toMatchObject([{ outcome: 'reserved', free: 1_000n }]);
    expect(await holdingOf(issue, seller)).toEqual({
      total: 1_000n,
      free: 600n,
      available: 1_000n,
      reserved: 400n,
    });
    expect(await commit(store, [item.instructionId])).toMatchObject([{ outcome: 'committed' }]);
    expect(await stateOf(issue)).toEqual({ holders: 1, places: 2 });
    const [delivered] = await deliver(store, [item.instructionId]);
    expect(delivered).toMatchObject({
      securityId: issue.securityId,
      businessDate: '2026-11-24',
      references: {
        transferReport: { objectId: expect.stringMatching(/^TRD-/), version: '0' },
        sellerFundAccount: { objectId: `ACC-${seller.fundAccountId}`, version: '0' },
        buyer: { objectId: `SUB-${buyer.subjectId}`, version: '0' },
      },
    });
    expect(await holdingOf(issue, seller)).toEqual({
      total: 600n,
      free: 600n,
      available: 600n,
      reserved: 0n,
    });
    expect(await holdingOf(issue, buyer)).toEqual({
      total: 400n,
      free: 400n,
      available: 400n,
      reserved: 0n,
    });
    expect(await stateOf(issue)).toEqual({ holders: 2, places: 2 });
  });

  it('fixes subject, transaction report and both registrations as facts of the event', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 1_000n }]);
    await transfer(store, { issue, seller, buyer, quantity: 400n });
    const { rows } = await sql<{
      class: string;
      version: bigint;
      figures: Record<string, unknown>;
    }>`
      select f.class, f.version, f.figures from object_fact f join journal j using (event_id)
      where j.security_id = ${issue.securityId} and j.kind = 'shares-delivered'
      order by f.line`.execute(store.db);
    expect(rows.map((row) => [row.class, row.version])).toEqual([
      ['subject', 2n],
      ['transactionreport', 0n],
      ['registration', 1n],
      ['registration', 0n],
    ]);
    expect(rows[0]?.figures).toMatchObject({ shareholdersNumber: 2, subjectId: issue.issuerId });
    expect(rows[2]?.figures).toMatchObject({
      available: ['1000', '-400', '600'],
      frozen: ['0', '0', '0'],
    });
    expect(rows[3]?.figures).toMatchObject({ available: ['0', '400', '400'] });
    await transfer(store, { issue, seller, buyer, quantity: 100n });
    const again = await sql<{ class: string }>`
      select f.class from object_fact f join journal j using (event_id)
      where j.security_id = ${issue.securityId} and j.kind = 'shares-delivered'
      order by j.sequence desc, f.line limit 3`.execute(store.db);
    expect(again.rows.map((row) => row.class)).toEqual([
      'transactionreport',
      'registration',
      'registration',
    ]);
  });

  it('takes the oldest lots first and leaves the younger ones', async () => {
    const [a, b, c] = [
      await addInvestor(store),
      await addInvestor(store),
      await addInvestor(store),
    ];
    const issue = await issueWith(store, [
      { investor: a, quantity: 300n },
      { investor: b, quantity: 300n },
    ]);
    await transfer(store, { issue, seller: a, buyer: b, quantity: 200n });
    await transfer(store, { issue, seller: b, buyer: c, quantity: 350n });
    const { rows } = await sql<{ quantity: bigint; kind: string }>`
      select s.quantity, j.kind from slice s join journal j on j.event_id = s.lot
      where s.security_id = ${issue.securityId} and s.account_id = ${b.accountId}`.execute(
      store.db,
    );
    expect(rows).toEqual([{ quantity: 150n, kind: 'shares-delivered' }]);
  });

  it('answers a batch in its order, each item seeing what those before it took', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 100n }]);
    const items = [60n, 50n, 40n, 1n].map((quantity) =>
      termsOf({ issue, seller, buyer, quantity }),
    );
    const outcomes = await reserve(store, items);
    expect(outcomes.map(({ outcome, free }) => [outcome, free])).toEqual([
      ['reserved', 100n],
      ['insufficient', 40n],
      ['reserved', 40n],
      ['insufficient', 0n],
    ]);
  });

  it('repeats every step without a second effect', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 100n }]);
    const item = termsOf({ issue, seller, buyer, quantity: 60n });
    const reserved = await reserve(store, [item]);
    const again = await reserve(store, [item]);
    expect(again[0]).toMatchObject({ outcome: 'reserved', claimId: reserved[0]?.claimId });
    await commit(store, [item.instructionId]);
    expect(await commit(store, [item.instructionId])).toMatchObject([{ outcome: 'committed' }]);
    const first = await deliver(store, [item.instructionId]);
    expect(await deliver(store, [item.instructionId])).toEqual(first);
    expect(await commit(store, [item.instructionId])).toMatchObject([{ outcome: 'committed' }]);
    expect(await giveBack(store, [item.instructionId])).toEqual(['already-delivered']);
    const { rows } = await sql<{ count: bigint }>`
      select count(*) as count from journal
      where security_id = ${issue.securityId}`.execute(store.db);
    expect(rows[0]?.count).toBe(4n);
  });

  it('refuses an instruction that comes again with other terms, and one that was given back', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 100n }]);
    const item = termsOf({ issue, seller, buyer, quantity: 60n });
    await reserve(store, [item]);
    expect(await reserve(store, [{ ...item, quantity: 61n }])).toMatchObject([
      { outcome: 'mismatch' },
    ]);
    expect(await giveBack(store, [item.instructionId])).toEqual(['returned']);
    expect(await giveBack(store, [item.instructionId, newUuid()])).toEqual(['returned', 'unknown']);
    expect(await reserve(store, [item])).toMatchObject([{ outcome: 'ended' }]);
    expect(await commit(store, [item.instructionId])).toMatchObject([{ outcome: 'ended' }]);
    expect(await deliver(store, [item.instructionId])).toEqual([undefined]);
    expect(await holdingOf(issue, seller)).toMatchObject({ free: 100n, reserved: 0n });
  });

  it('refuses to commit what is unknown or past its deadline', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 100n }]);
    const deadline = '2026-11-24T02:00:00.000Z';
    const item = termsOf({ issue, seller, buyer, quantity: 60n, deadline });
    await reserve(store, [item]);
    expect(await commit(store, [newUuid(), item.instructionId])).toMatchObject([
      { outcome: 'unknown' },
      { outcome: 'deadline-passed' },
    ]);
  });
});

describe('a reversal', () => {
  it('gives the shares back to their lots, with the registrations updated', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 1_000n }]);
    const slices = () =>
      sql`select account_id, lot, claim_set, quantity from slice
        where security_id = ${issue.securityId} order by account_id, lot`.execute(store.db);
    const before = await slices();
    const original = await transfer(store, { issue, seller, buyer, quantity: 400n });
    expect(await reverse(store, original)).toMatchObject({ outcome: 'reversed' });
    expect((await slices()).rows).toEqual(before.rows);
    expect(await stateOf(issue)).toEqual({ holders: 1, places: 1 });
    const { rows } = await sql<{
      class: string;
      version: bigint;
      figures: Record<string, unknown>;
    }>`
      select f.class, f.version, f.figures from object_fact f join journal j using (event_id)
      where j.security_id = ${issue.securityId} and j.kind = 'delivery-reversed'
      order by f.line`.execute(store.db);
    expect(rows.map((row) => [row.class, row.version])).toEqual([
      ['subject', 3n],
      ['transactionreport', 0n],
      ['registration', 1n],
      ['registration', 2n],
    ]);
    expect(rows[1]?.figures).toMatchObject({
      purpose: 'reversal',
      reverses: { objectId: expect.stringMatching(/^TRD-/), version: '0' },
    });
    const clocks = await sql`
      select 1 from trade_clock where security_id = ${issue.securityId}`.execute(store.db);
    expect(clocks.rows).toHaveLength(0);
  });

  it('is refused once the shares moved, twice, or for what never was', async () => {
    const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
    const issue = await issueWith(store, [{ investor: seller, quantity: 1_000n }]);
    const original = await transfer(store, { issue, seller, buyer, quantity: 400n });
    const back = termsOf({ issue, seller: buyer, buyer: seller, quantity: 1n });
    await reserve(store, [back]);
    expect(await reverse(store, original)).toMatchObject({ outcome: 'shares-moved' });
    await giveBack(store, [back.instructionId]);
    const instructionId = newUuid();
    expect(await reverse(store, original, instructionId)).toMatchObject({ outcome: 'reversed' });
    expect(await reverse(store, original, instructionId)).toMatchObject({ outcome: 'reversed' });
    expect(await reverse(store, original)).toMatchObject({ outcome: 'already-reversed' });
    expect(await reverse(store, newUuid())).toMatchObject({ outcome: 'unknown' });
  });
});
