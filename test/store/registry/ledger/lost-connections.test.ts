// The server ends the connection in the middle of a call, or after its commit: the same call again
// has one effect, whole.
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Executor } from '#libs/db/database.ts';
import { runChecks } from '#libs/fsck/run-checks.ts';
import { ledgerChecks } from '../../../../services/registry/fsck/ledger-checks.ts';
import { deliverShares } from '../../../../services/registry/repositories/delivery-repository.ts';
import {
  commitReservations,
  reserveShares,
} from '../../../../services/registry/repositories/reservation-repository.ts';
import { commit, deliver, deliveryOf, issueWith, reserve, stamp, termsOf } from './ledger-acts.ts';
import { addInvestor, type LedgerStore, openLedgerStore } from './ledger-store.ts';

let store: LedgerStore;

beforeAll(async () => {
  store = await openLedgerStore();
});
afterAll(async () => {
  await store.drop();
});

/** Runs the work and has the server end its connection before, or right after, the commit. */
async function lose(work: (tx: Executor) => Promise<unknown>, isCommitted: boolean): Promise<void> {
  const killer = new pg.Client({ connectionString: store.superuserUrl });
  await killer.connect();
  let pid = 0;
  const running = store.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    pid = rows[0]?.pid ?? 0;
    await work(tx);
    if (!isCommitted) await killer.query('select pg_terminate_backend($1)', [pid]);
  });
  if (isCommitted) {
    await running;
    await killer.query('select pg_terminate_backend($1)', [pid]);
  } else {
    await expect(running).rejects.toThrow();
  }
  await killer.end();
}

it.each([
  ['one instruction, before its commit', 1, false],
  ['one instruction, after its commit', 1, true],
  ['many instructions, before the commit', 5, false],
  ['many instructions, after the commit', 5, true],
] as const)('repeats safely: %s', async (_, count, isCommitted) => {
  const [seller, buyer] = [await addInvestor(store), await addInvestor(store)];
  const issue = await issueWith(store, [
    { investor: seller, quantity: 1_000n },
    { investor: buyer, quantity: 1n },
  ]);
  const items = Array.from({ length: count }, () =>
    termsOf({ issue, seller, buyer, quantity: 10n }),
  );
  const ids = items.map((item) => item.instructionId);
  await lose((tx) => reserveShares(tx, stamp, items), isCommitted);
  expect((await reserve(store, items)).map(({ outcome }) => outcome)).toEqual(
    ids.map(() => 'reserved'),
  );
  const limits = ids.map((instructionId) => ({ instructionId, holderLimit: 200 }));
  await lose((tx) => commitReservations(tx, stamp, limits), isCommitted);
  expect((await commit(store, ids)).map(({ outcome }) => outcome)).toEqual(
    ids.map(() => 'committed'),
  );
  await lose((tx) => deliverShares(tx, stamp, ids.map(deliveryOf)), isCommitted);
  const delivered = await deliver(store, ids);
  expect(delivered.every((one) => one !== undefined)).toBe(true);
  const { rows } = await sql<{ total: bigint; entries: bigint }>`
    select (select total from holding where security_id = ${issue.securityId}
              and account_id = ${buyer.accountId}) as total,
      (select count(*) from journal where security_id = ${issue.securityId}) as entries
  `.execute(store.db);
  expect(rows[0]).toEqual({ total: 1n + 10n * BigInt(count), entries: 1n + 3n * BigInt(count) });
  const reports = await runChecks(store.db, ledgerChecks);
  expect(reports.flatMap((report) => report.differences)).toEqual([]);
});
