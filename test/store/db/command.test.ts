import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandCall, runCommand } from '#libs/db/command.ts';
import type { Tx } from '#libs/db/database.ts';
import { forgetOldRows, rememberNonce } from '#libs/db/housekeeping.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import { addMilliseconds, parseInstant, toUnixSeconds } from '#libs/time/instant.ts';
import { withClient } from '../../support/postgres.ts';
import { counterOf, openSampleStore, type SampleStore, type SampleTables } from './sample-store.ts';

const now = expectOk(parseInstant('2026-11-24T00:00:00.000Z'), 'now');
let store: SampleStore;

beforeAll(async () => {
  store = await openSampleStore(20);
});
afterAll(() => store.drop());
beforeEach(() => store.db.updateTable('counter').set({ value: 0n }).execute());

const call = (change: Partial<CommandCall> = {}): CommandCall => ({
  idempotencyKey: newUuid(),
  caller: 'person:p1',
  operationId: 'addOne',
  requestHash: 'ab'.repeat(32),
  now,
  ...change,
});

async function addOne(tx: Tx<SampleTables>, pauseSeconds = 0) {
  await sql`update counter set value = value + 1 where id = 1`.execute(tx);
  if (pauseSeconds > 0) await sql`select pg_sleep(${pauseSeconds})`.execute(tx);
  return ok({ status: 201, body: { value: (await counterOf(tx)).toString() } });
}

const run = (given: CommandCall) => runCommand(store.db, given, (tx) => addOne(tx));
const keysOf = async (key: string): Promise<number> => {
  const { rows } = await sql`select 1 from idempotency_key where key = ${key}`.execute(store.db);
  return rows.length;
};

describe('a command', () => {
  it('has its effect once and answers a repetition with the same answer', async () => {
    const given = call();
    const first = expectOk(await run(given), 'first');
    const second = expectOk(await run(given), 'second');
    expect(first).toEqual({ reply: { status: 201, body: { value: '1' } }, replayed: false });
    expect(second).toEqual({ reply: { status: 201, body: { value: '1' } }, replayed: true });
    expect(await counterOf(store.db)).toBe(1n);
  });

  it('replays headers and empty bodies as they were', async () => {
    const given = call();
    const empty = { status: 204, headers: { ETag: '"v2"' } };
    const work = () => runCommand(store.db, given, async () => ok(empty));
    expect(expectOk(await work(), 'first').reply).toEqual(empty);
    expect(expectOk(await work(), 'second')).toEqual({ reply: empty, replayed: true });
  });

  it('refuses a used key for another body or another operation', async () => {
    const given = call();
    await run(given);
    const reused = refuse('idempotency-key-reused');
    expect(await run({ ...given, requestHash: 'cd'.repeat(32) })).toEqual(reused);
    expect(await run({ ...given, operationId: 'other' })).toEqual(reused);
    expect(await counterOf(store.db)).toBe(1n);
  });

  it('keeps the keys of two callers apart', async () => {
    const given = call();
    await run(given);
    expect(expectOk(await run({ ...given, caller: 'person:p2' }), 'other').replayed).toBe(false);
  });

  it('stores nothing for a refusal, so that the key may try again', async () => {
    const given = call();
    const refused = await runCommand(store.db, given, async (tx) => {
      await addOne(tx);
      return refuse('not-today');
    });
    expect(refused).toEqual(refuse('not-today'));
    expect(await keysOf(given.idempotencyKey)).toBe(0);
    expect(expectOk(await run(given), 'again').replayed).toBe(false);
    expect(await counterOf(store.db)).toBe(1n);
  });

  it('stores nothing for a failure', async () => {
    const given = call();
    const failed = runCommand<SampleTables, never, never>(store.db, given, async (tx) => {
      await addOne(tx);
      throw new Error('boom');
    });
    await expect(failed).rejects.toThrow('boom');
    expect(await keysOf(given.idempotencyKey)).toBe(0);
    expect(await counterOf(store.db)).toBe(0n);
  });

  it('refuses the same key while the first call is in flight', async () => {
    const given = call();
    const slow = runCommand(store.db, given, (tx) => addOne(tx, 0.6));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await run(given)).toEqual(refuse('idempotency-key-in-flight'));
    expect(expectOk(await slow, 'slow').replayed).toBe(false);
    expect(expectOk(await run(given), 'later').replayed).toBe(true);
  });

  it('has one effect under fifty calls at once with one key', async () => {
    const given = call();
    const results = await Promise.all(Array.from({ length: 50 }, () => run(given)));
    const fresh = results.filter((result) => result.ok && !result.value.replayed);
    const others = results.filter((result) => !result.ok);
    expect(fresh).toHaveLength(1);
    for (const other of others) expect(other).toEqual(refuse('idempotency-key-in-flight'));
    expect(await counterOf(store.db)).toBe(1n);
  });

  it('has fifty effects under fifty calls at once with fifty keys', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => run(call())));
    expect(results.every((result) => result.ok && !result.value.replayed)).toBe(true);
    expect(await counterOf(store.db)).toBe(50n);
  });

  it('answers with the rival’s answer where the rival committed before the lock was asked for', async () => {
    // The rival's effect makes ours refuse; its record was not in our first snapshot.
    const given = call();
    const result = await runCommand(store.db, given, async () => {
      await withClient(store.database.superuserUrl, (client) =>
        client.query(
          `insert into sample.idempotency_key values ($1, $2, $3, $4, 201, '{"body":{"value":"7"}}', $5)`,
          [given.caller, given.idempotencyKey, given.operationId, Buffer.alloc(32, 0xab), now],
        ),
      );
      return refuse('not-enough');
    });
    expect(result).toEqual(ok({ reply: { status: 201, body: { value: '7' } }, replayed: true }));
  });

  it('takes its effect back where the rival committed the key in between', async () => {
    const given = call();
    let runs = 0;
    const result = await runCommand(store.db, given, async (tx) => {
      runs += 1;
      const reply = await addOne(tx);
      await withClient(store.database.superuserUrl, (client) =>
        client.query(
          `insert into sample.idempotency_key values ($1, $2, $3, $4, 201, '{"body":{"value":"7"}}', $5)`,
          [given.caller, given.idempotencyKey, given.operationId, Buffer.alloc(32, 0xab), now],
        ),
      );
      return reply;
    });
    expect(result).toMatchObject({ ok: true, value: { replayed: true } });
    expect(runs).toBe(1);
    expect(await counterOf(store.db)).toBe(0n);
  });
});

describe('housekeeping', () => {
  it('forgets keys after a week and not before', async () => {
    const old = call({ now: addMilliseconds(now, -7 * 86_400_000 - 1) });
    const young = call({ now: addMilliseconds(now, -7 * 86_400_000 + 1) });
    await run(old);
    await run(young);
    await forgetOldRows(store.db, now);
    expect(await keysOf(old.idempotencyKey)).toBe(0);
    expect(await keysOf(young.idempotencyKey)).toBe(1);
  });

  it('knows a nonce from its first use until it expires', async () => {
    const used = {
      caller: 'settlement',
      nonce: newUuid(),
      expiresAtUnixSeconds: toUnixSeconds(now),
    };
    const uses = Array.from({ length: 10 }, () => rememberNonce(store.db, used));
    expect((await Promise.all(uses)).filter((isNew) => isNew)).toHaveLength(1);
    expect(await rememberNonce(store.db, { ...used, caller: 'registry' })).toBe(true);
    await forgetOldRows(store.db, now);
    expect(await rememberNonce(store.db, used)).toBe(false);
    await forgetOldRows(store.db, addMilliseconds(now, 61_000));
    expect(await rememberNonce(store.db, used)).toBe(true);
  });
});
