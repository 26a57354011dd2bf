import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommitUnknown, isDatabaseUnavailable, violatedConstraint } from '#libs/db/errors.ts';
import { prepared } from '#libs/db/prepared.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { withClient } from '../../support/postgres.ts';
import { counterOf, openSampleStore, type SampleStore, type SampleTables } from './sample-store.ts';

let store: SampleStore;

beforeAll(async () => {
  store = await openSampleStore();
});
afterAll(() => store.drop());
beforeEach(() => store.db.updateTable('counter').set({ value: 0n }).execute());

const killBackend = async (pid: number): Promise<void> => {
  await withClient(store.database.superuserUrl, (client) =>
    client.query('select pg_terminate_backend($1)', [pid]),
  );
};
const backendPid = sql<{ pid: number }>`select pg_backend_pid() as pid`;

describe('values from the database', () => {
  it('are bigint, dates of the calendar, instants and decimal text', async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select 9223372036854775807::bigint as large, date '2026-11-24' as day,
        timestamptz '2026-11-24 22:55:15.1239+00' as at, timestamptz '2026-11-25 00:00+08' as whole,
        1.10::numeric(20, 10) as rate, '{1,2}'::bigint[] as many, '{}'::bigint[] as none,
        array[null, 3]::bigint[] as gaps, array[date '2026-01-01'] as days,
        array[timestamptz '2026-01-01 00:00+00'] as instants, 7::int as small`.execute(store.db);
    expect(rows[0]).toEqual({
      large: 9223372036854775807n,
      day: '2026-11-24',
      at: '2026-11-24T22:55:15.123Z',
      whole: '2026-11-24T16:00:00.000Z',
      rate: '1.1000000000',
      many: [1n, 2n],
      none: [],
      gaps: [null, 3n],
      days: ['2026-01-01'],
      instants: ['2026-01-01T00:00:00.000Z'],
      small: 7,
    });
  });

  it('go back as they came', async () => {
    const { rows } = await sql<{ same: boolean }>`
      select ${'2026-11-24T22:55:15.123Z'}::timestamptz = '2026-11-24 22:55:15.123+00'
        and ${9007199254740993n}::bigint = 9007199254740993
        and ${[1n, 2n]}::bigint[] = '{1,2}' as same`.execute(store.db);
    expect(rows[0]?.same).toBe(true);
  });
});

describe('a transaction', () => {
  it('commits a success', async () => {
    const result = await inTransaction(store.db, 'read committed', async (tx) => {
      await tx.updateTable('counter').set({ value: 5n }).execute();
      return ok('done');
    });
    expect(result).toEqual(ok('done'));
    expect(await counterOf(store.db)).toBe(5n);
  });

  it('rolls back a refusal and gives it back', async () => {
    const result = await inTransaction(store.db, 'read committed', async (tx) => {
      await tx.updateTable('counter').set({ value: 5n }).execute();
      return refuse('not-today');
    });
    expect(result).toEqual(refuse('not-today'));
    expect(await counterOf(store.db)).toBe(0n);
  });

  it('rolls back what was thrown and throws it', async () => {
    const boom = new Error('boom');
    const work = inTransaction<SampleTables, never, never>(
      store.db,
      'read committed',
      async (tx) => {
        await tx.updateTable('counter').set({ value: 5n }).execute();
        throw boom;
      },
    );
    await expect(work).rejects.toBe(boom);
    expect(await counterOf(store.db)).toBe(0n);
  });

  it('never reports success where an error was swallowed before the commit', async () => {
    const work = inTransaction(store.db, 'read committed', async (tx) => {
      await sql`select 1 / 0`.execute(tx).catch(() => undefined);
      return ok();
    });
    await expect(work).rejects.toThrow(/swallowed/);
  });

  it.each(['repeatable read', 'serializable'] as const)(
    'repeats lost races at %s until each has counted',
    async (isolation) => {
      const addOne = () =>
        inTransaction(
          store.db,
          isolation,
          async (tx) => {
            const value = await counterOf(tx);
            await tx
              .updateTable('counter')
              .set({ value: value + 1n })
              .execute();
            return ok();
          },
          { attemptsMax: 50, firstDelayMs: 2 },
        );
      await Promise.all(Array.from({ length: 8 }, addOne));
      expect(await counterOf(store.db)).toBe(8n);
    },
  );

  it('loses counts at the same race where it reads without a lock: the race is real', async () => {
    const addOne = () =>
      inTransaction(store.db, 'read committed', async (tx) => {
        const value = await counterOf(tx);
        await sql`select pg_sleep(0.05)`.execute(tx);
        await tx
          .updateTable('counter')
          .set({ value: value + 1n })
          .execute();
        return ok();
      });
    await Promise.all(Array.from({ length: 8 }, addOne));
    expect(await counterOf(store.db)).toBeLessThan(8n);
  });

  it('gives up after the attempts it was allowed', async () => {
    let attempts = 0;
    const work = inTransaction<SampleTables, never, never>(
      store.db,
      'read committed',
      async (tx) => {
        attempts += 1;
        await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx);
        return ok() as never;
      },
      { attemptsMax: 3, firstDelayMs: 1 },
    );
    await expect(work).rejects.toMatchObject({ code: '40001' });
    expect(attempts).toBe(3);
  });

  it('repeats the victim of a deadlock', async () => {
    await store.db.insertInto('counter').values({ id: 2, value: 0n }).execute();
    let attempts = 0;
    const lockBoth = (order: readonly [number, number]) =>
      inTransaction(store.db, 'read committed', async (tx) => {
        attempts += 1;
        for (const id of order) {
          await sql`update counter set value = value + 1 where id = ${id}`.execute(tx);
          await sql`select pg_sleep(0.2)`.execute(tx);
        }
        return ok();
      });
    await Promise.all([lockBoth([1, 2]), lockBoth([2, 1])]);
    expect(attempts).toBe(3);
    expect(await counterOf(store.db)).toBe(2n);
  });

  it('says that the outcome is unknown where the connection is lost during COMMIT', async () => {
    // The commit waits inside a deferred trigger until its backend is ended.
    await withClient(store.ownerUrl, (client) =>
      client.query(`
        create table sample.slow (id int primary key);
        grant insert on sample.slow to sample;
        create function sample.wait() returns trigger language plpgsql as
          $$ begin perform pg_sleep(10); return null; end $$;
        create constraint trigger slow_commit after insert on sample.slow
          deferrable initially deferred for each row execute function sample.wait()`),
    );
    const work = inTransaction(store.db, 'read committed', async (tx) => {
      const { rows } = await backendPid.execute(tx);
      await sql`insert into slow values (1)`.execute(tx);
      setTimeout(() => void killBackend(rows[0]?.pid ?? 0), 300);
      return ok();
    });
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CommitUnknown);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(await counterOf(store.db)).toBe(0n);
  });

  it('begins on another connection where the idle one died unheard', async () => {
    const { rows } = await backendPid.execute(store.db);
    // SIGTERM is what pg_terminate_backend sends. This thread sleeps meanwhile: nothing is heard.
    process.kill(rows[0]?.pid ?? 0, 'SIGTERM');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    const result = await inTransaction(store.db, 'read committed', async (tx) => {
      await tx.updateTable('counter').set({ value: 7n }).execute();
      return ok('done');
    });
    expect(result).toEqual(ok('done'));
    expect(await counterOf(store.db)).toBe(7n);
  });

  it('survives the loss of its connection between two statements', async () => {
    const work = inTransaction(store.db, 'read committed', async (tx) => {
      const { rows } = await backendPid.execute(tx);
      await killBackend(rows[0]?.pid ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql`select 1`.execute(tx);
      return ok();
    });
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(await counterOf(store.db)).toBe(0n);
  });

  it('ends a statement at its time-out and the wait for a lock at its own', async () => {
    const error: unknown = await inTransaction<SampleTables, unknown, never>(
      store.db,
      'read committed',
      async (tx) => {
        await sql`set local statement_timeout = '100ms'`.execute(tx);
        return ok(await sql`select pg_sleep(5)`.execute(tx));
      },
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '57014' });
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});

describe('a prepared statement', () => {
  it('is planned once per connection under its name', async () => {
    const result = await inTransaction<SampleTables, unknown[], never>(
      store.db,
      'read committed',
      async (tx) => {
        for (const n of [1, 2, 3]) await prepared(tx, 'sample_add', 'select $1::int + 1 as n', [n]);
        const { rows } = await sql`
          select name, generic_plans + custom_plans as runs from pg_prepared_statements
          where name = 'sample_add'`.execute(tx);
        return ok(rows);
      },
    );
    expect(result).toEqual(ok([{ name: 'sample_add', runs: 3n }]));
  });
});

describe('an append-only table', () => {
  it('takes rows', async () => {
    await store.db.insertInto('journal').values({ id: newUuid(), note: 'x' }).execute();
  });

  it('lets the service change nothing, for want of the privilege', async () => {
    await expect(store.db.deleteFrom('journal').execute()).rejects.toMatchObject({ code: '42501' });
    const update = store.db.updateTable('journal').set({ note: 'y' }).execute();
    await expect(update).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    "update sample.journal set note = 'y'",
    'delete from sample.journal',
    'truncate sample.journal',
  ])('lets its owner not even: %s', async (statement) => {
    const attempt = withClient(store.ownerUrl, (client) => client.query(statement));
    await expect(attempt).rejects.toThrow(/append-only/);
  });
});

describe('a violated constraint', () => {
  it('is known by its name', async () => {
    const error: unknown = await store.db
      .insertInto('counter')
      .values({ id: 1, value: 0n })
      .execute()
      .catch((thrown: unknown) => thrown);
    expect(violatedConstraint(error)).toBe('counter_pkey');
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
