// One writer at a time: a second waits, and a writer that lost its session writes nothing more.
import type pg from 'pg';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '#libs/db/pool.ts';
import { prepared } from '#libs/db/prepared.ts';
import { ok } from '#libs/result/result.ts';
import { openWriterSession } from '../../../services/chain-node/repositories/writer-session.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';

let database: ServiceDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createServiceDatabase('chain-sequencer');
  const connectionString = database.roleUrl('chain_sequencer');
  pool = createPool({ connectionString, schema: 'chain', applicationName: 'writer-test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const open = async () => {
  const session = await openWriterSession(pool, 'writer-test');
  if (session === undefined) throw new Error('another is the writer');
  return session;
};

async function canBeTaken(): Promise<boolean> {
  const session = await openWriterSession(pool, 'writer-test');
  session?.end();
  return session !== undefined;
}

describe('a writer session', () => {
  test('is one at a time, and can be taken when it was given back', async () => {
    const first = await open();
    expect(await openWriterSession(pool, 'writer-test')).toBeUndefined();
    first.end();
    await expect.poll(canBeTaken).toBe(true);
  });

  test('runs its transactions one after the other', async () => {
    const session = await open();
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        session.write(async (tx) => {
          running += 1;
          most = Math.max(most, running);
          await prepared(tx, 'writer_pause', 'select pg_sleep(0.01)');
          running -= 1;
          return ok();
        }),
      ),
    );
    session.end();
    expect(most).toBe(1);
  });

  test('writes nothing once the server has ended it, and tells so', async () => {
    const session = await open();
    const superuser = new Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`,
    );
    await superuser.end();
    await expect.poll(() => session.lost.aborted).toBe(true);
    await expect(session.write(async () => ok())).rejects.toThrow('the writer was replaced');
    session.end();
    await expect.poll(canBeTaken).toBe(true);
  });
});
