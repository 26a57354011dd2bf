// The money ledger in the database: set-based posting against a model, holds under a race.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { ok } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import {
  findMoneyAccount,
  type Hold,
  holdMoney,
  type Journal,
  openClientAccounts,
  postMoney,
  releaseMoney,
} from '../../../services/settlement/repositories/money-repository.ts';
import { openSettlementStore, type SettlementStore } from './settlement-store.ts';

let store: SettlementStore;

beforeAll(async () => {
  store = await openSettlementStore();
});
afterAll(async () => {
  await store.close();
});

const now = '2026-11-24T02:00:00.000Z' as Instant;
const today = '2026-11-24' as LocalDate;

async function clients(count: number): Promise<readonly Uuid[]> {
  const ids = Array.from({ length: count }, () => newUuid());
  await openClientAccounts(store.db, ids);
  return ids;
}

const journal = (lines: readonly [Uuid, bigint][]): Journal => ({
  journalId: newUuid(),
  kind: 'settlement',
  businessKey: newUuid(),
  businessDate: today,
  lines: lines.map(([accountId, change]) => ({ accountId, change })),
});

/** Posts in a transaction of its own; what was posted, or the name of what refused it. */
async function post(journals: readonly Journal[], holds: readonly Uuid[] = []) {
  try {
    const posted = await inTransaction(store.db, 'read committed', async (tx) =>
      ok(await postMoney(tx, journals, holds, now)),
    );
    return posted.ok ? posted.value : [];
  } catch (error) {
    return error instanceof Error ? error.message : 'refused';
  }
}

const endow = (id: Uuid, amount: bigint) =>
  post([
    journal([
      [store.own.bank, -amount],
      [id, amount],
    ]),
  ]);

async function hold(...holds: readonly Hold[]): Promise<ReadonlySet<Uuid>> {
  const held = await inTransaction(store.db, 'read committed', async (tx) =>
    ok(await holdMoney(tx, holds, now)),
  );
  return held.ok ? held.value : new Set();
}

const account = async (id: Uuid) => {
  const found = await findMoneyAccount(store.db, id);
  return { balance: found?.balanceFen, held: found?.heldFen };
};

describe('post_money', () => {
  it('leaves the balances, entries and running balances of a model, or nothing at all', async () => {
    const line = fc.tuple(fc.nat(3), fc.nat(3), fc.bigInt(1n, 60n));
    const batches = fc.array(fc.array(line, { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (planned) => {
        const ids = await clients(4);
        for (const id of ids) await endow(id, 100n);
        const model = new Map(ids.map((id) => [id, { balance: 100n, entries: 1n }]));
        for (const batch of planned) {
          const journals = batch.map(([from, to, amount]) =>
            journal([
              [ids[from] ?? newUuid(), -amount],
              [ids[to] ?? newUuid(), amount],
            ]),
          );
          const next = new Map([...model].map(([id, state]) => [id, { ...state }]));
          const expected: [string, number, bigint][] = [];
          for (const { journalId, lines } of journals) {
            for (const [at, { accountId, change }] of lines.entries()) {
              const state = next.get(accountId);
              if (state === undefined) throw new Error('an account of no client');
              state.balance += change;
              state.entries += 1n;
              expected.push([journalId, at + 1, state.balance]);
            }
          }
          const isAllowed = [...next.values()].every(({ balance }) => balance >= 0n);
          const posted = await post(journals);
          if (isAllowed) {
            const found = typeof posted === 'string' ? posted : [...posted];
            expect(
              typeof found === 'string'
                ? found
                : found.map(({ journalId, line: number, afterFen }) => [
                    journalId,
                    number,
                    afterFen,
                  ]),
            ).toEqual(expected);
            for (const [id, state] of next) model.set(id, state);
          } else expect(posted).toContain('money_account');
        }
        const { rows } = await store.query<{ id: Uuid; balance: bigint; entries: bigint }>(
          'select id, balance_fen as balance, entries from money_account where id = any($1)',
          [ids],
        );
        for (const { id, ...state } of rows) expect(state).toEqual(model.get(id));
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a journal that does not balance, has one line, or comes twice', async () => {
    const [a = newUuid(), b = newUuid()] = await clients(2);
    await endow(a, 100n);
    const skewed = journal([
      [a, -10n],
      [b, 9n],
    ]);
    expect(await post([skewed])).toContain('does not balance');
    expect(await post([journal([[store.own.bank, -10n]])])).toContain('does not balance');
    const once = journal([
      [a, -10n],
      [b, 10n],
    ]);
    expect(Array.isArray(await post([once]))).toBe(true);
    expect(await post([{ ...once, journalId: newUuid() }])).toContain('business_key');
    expect(await account(a)).toEqual({ balance: 90n, held: 0n });
  });

  it('ends the holds it uses, each once, and only with a posting of their account', async () => {
    const [a = newUuid(), b = newUuid(), c = newUuid()] = await clients(3);
    await endow(a, 100n);
    const instructionId = newUuid();
    await hold({ instructionId, accountId: a, amountFen: fen(60n) });
    const pay = (from: Uuid, to: Uuid, amount: bigint) =>
      journal([
        [from, -amount],
        [to, amount],
      ]);
    expect(await post([pay(a, b, 41n)])).toContain('money_account');
    expect(Array.isArray(await post([pay(a, b, 40n)]))).toBe(true);
    expect(await post([pay(b, c, 1n)], [instructionId])).toContain('a hold to be used');
    expect(Array.isArray(await post([pay(a, b, 60n)], [instructionId]))).toBe(true);
    expect(await account(a)).toEqual({ balance: 0n, held: 0n });
    await endow(a, 60n);
    expect(await post([pay(a, b, 60n)], [instructionId])).toContain('a hold to be used');
    expect(await post([pay(a, b, 1n)], [newUuid()])).toContain('a hold to be used');
  });

  it('does not deadlock when batches name the same accounts in opposite orders', async () => {
    const [a = newUuid(), b = newUuid()] = await clients(2);
    await endow(a, 1_000n);
    await endow(b, 1_000n);
    const rounds = Array.from({ length: 40 }, (_, n) =>
      post([
        journal([
          [n % 2 === 0 ? a : b, -1n],
          [n % 2 === 0 ? b : a, 1n],
        ]),
      ]),
    );
    const answers = await Promise.all(rounds);
    expect(answers.every((answer) => Array.isArray(answer))).toBe(true);
    expect(await account(a)).toEqual({ balance: 1_000n, held: 0n });
  });
});

describe('hold_money and release_money', () => {
  it('never overdraw an account under fifty holds at once', async () => {
    const [a = newUuid()] = await clients(1);
    await endow(a, 300n);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        hold({ instructionId: newUuid(), accountId: a, amountFen: fen(10n) }),
      ),
    );
    expect(answers.filter(({ size }) => size === 1)).toHaveLength(30);
    expect(await account(a)).toEqual({ balance: 300n, held: 300n });
  });

  it('take the first in the list first, and pass over what does not fit', async () => {
    const [a = newUuid()] = await clients(1);
    await endow(a, 100n);
    const holds = [60n, 50n, 40n].map((amount) => ({
      instructionId: newUuid(),
      accountId: a,
      amountFen: fen(amount),
    }));
    const held = await hold(...holds);
    expect(holds.map(({ instructionId }) => held.has(instructionId))).toEqual([true, false, true]);
  });

  it('hold nothing of the market’s own accounts or of none', async () => {
    for (const accountId of [store.own.bank, store.own.suspense, newUuid()]) {
      const held = await hold({ instructionId: newUuid(), accountId, amountFen: fen(1n) });
      expect(held.size).toBe(0);
    }
  });

  it('free a hold once, however often it is released', async () => {
    const [a = newUuid()] = await clients(1);
    await endow(a, 100n);
    const instructionId = newUuid();
    await hold({ instructionId, accountId: a, amountFen: fen(70n) });
    for (let n = 0; n < 2; n += 1) await releaseMoney(store.db, [instructionId], now);
    expect(await account(a)).toEqual({ balance: 100n, held: 0n });
    await releaseMoney(store.db, [newUuid()], now);
  });
});

describe('the market’s own accounts', () => {
  it('are one of each kind', async () => {
    const insert = sql`insert into money_account (id, kind, currency)
      values (${newUuid()}, 'fees', 'CNY')`;
    await expect(insert.execute(store.db)).rejects.toThrow('money_account_own');
  });

  it('may owe where clients may not', async () => {
    const [a = newUuid()] = await clients(1);
    const overdraw = journal([
      [a, -1n],
      [store.own.bank, 1n],
    ]);
    expect(await post([overdraw])).toContain('money_account');
    const own = journal([
      [store.own.suspense, -1n],
      [store.own.bank, 1n],
    ]);
    expect(Array.isArray(await post([own]))).toBe(true);
    const fees = journal([
      [store.own.fees, -1n],
      [store.own.bank, 1n],
    ]);
    expect(await post([fees])).toContain('money_account');
  });
});
