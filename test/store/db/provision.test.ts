import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionRoles, provisionSchemas } from '#libs/db/provision.ts';
import { assertPostgresSettings } from '#libs/db/settings.ts';
import { testCluster, withClient } from '../../support/postgres.ts';
import { openAs, openSampleStore, passwordOf, SAMPLE, type SampleStore } from './sample-store.ts';

let store: SampleStore;

beforeAll(async () => {
  store = await openSampleStore();
});
afterAll(() => store.drop());

describe('provisioning', () => {
  it('may be repeated, even by several at once', async () => {
    const { superuserUrl } = await testCluster();
    const again = async (): Promise<void> => {
      await provisionRoles(superuserUrl, [SAMPLE], passwordOf);
      await provisionSchemas(store.database.superuserUrl, [SAMPLE]);
    };
    await Promise.all([again(), again(), again()]);
    await store.db.selectFrom('counter').select('value').execute();
  });

  it('gives no role a privilege over the server', async () => {
    const { superuserUrl } = await testCluster();
    const { rows } = await withClient(superuserUrl, (client) =>
      client.query(
        `select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as powerful
         from pg_roles where rolname in ('sample', 'sample_owner', 'auditor')`,
      ),
    );
    expect(rows).toEqual([{ powerful: false }, { powerful: false }, { powerful: false }]);
  });

  it('takes an extra power back from a role that got one', async () => {
    const { superuserUrl } = await testCluster();
    await withClient(superuserUrl, (client) => client.query('alter role sample createdb'));
    await provisionRoles(superuserUrl, [SAMPLE], passwordOf);
    const { rows } = await withClient(superuserUrl, (client) =>
      client.query(`select rolcreatedb from pg_roles where rolname = 'sample'`),
    );
    expect(rows).toEqual([{ rolcreatedb: false }]);
  });
});

describe('the auditor', () => {
  it('reads every table', async () => {
    await withClient(store.auditorUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'sample'`,
      );
      expect(rows.length).toBeGreaterThan(5);
      for (const { name } of rows) await client.query(`select * from sample.${name}`);
    });
  });

  it('writes nothing, even where it lifts its own read-only default', async () => {
    const attempt = withClient(store.auditorUrl, async (client) => {
      await client.query('set default_transaction_read_only = off');
      await client.query(`insert into sample.counter values (9, 0)`);
    });
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the service', () => {
  it.each([
    'create table sample.x (id int)',
    'create table public.x (id int)',
    'alter table sample.counter add x int',
    'drop table sample.counter',
    'alter table sample.journal disable trigger all',
    'create database x',
    'create role x',
  ])('cannot %s', async (statement) => {
    const attempt = withClient(store.serviceUrl, (client) => client.query(statement));
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the server’s settings', () => {
  it('pass for a service on this cluster but for its durability', async () => {
    await assertPostgresSettings(store.db, { durability: 'waived' });
    await expect(assertPostgresSettings(store.db, { durability: 'required' })).rejects.toThrow(
      /fsync is off/,
    );
  });

  it('are refused for the superuser', async () => {
    const db = openAs<unknown>(store.database.superuserUrl, 1);
    await expect(assertPostgresSettings(db, { durability: 'waived' })).rejects.toThrow(
      /privileges/,
    );
    await db.destroy();
  });

  it('are refused without time-outs', async () => {
    const db = openAs<unknown>(store.serviceUrl, 1);
    await db.connection().execute(async (one) => {
      const { sql } = await import('kysely');
      await sql`set statement_timeout = 0`.execute(one);
      await expect(assertPostgresSettings(one, { durability: 'waived' })).rejects.toThrow(
        /statement_timeout is not set/,
      );
    });
    await db.destroy();
  });
});
