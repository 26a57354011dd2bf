import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  type TestDatabase,
  templateDatabase,
  withClient,
} from '../../support/postgres.ts';

describe('the test cluster', () => {
  let prepared = 0;
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    const prepare = async (database: { superuserUrl: string }): Promise<void> => {
      prepared += 1;
      await withClient(database.superuserUrl, (client) =>
        client.query('create table note (id int primary key); insert into note values (1)'),
      );
    };
    const template = await templateDatabase('support_selftest', prepare);
    await templateDatabase('support_selftest', prepare);
    first = await createTestDatabase(template);
    second = await createTestDatabase(template);
  });

  afterAll(async () => {
    await first.drop();
    await second.drop();
  });

  const notes = async (database: TestDatabase): Promise<number> =>
    await withClient(database.superuserUrl, async (client) => {
      const result = await client.query('select id from note');
      return result.rows.length;
    });

  it('prepares a template once', () => {
    expect(prepared).toBe(1);
  });

  it('gives each test file its own copy', async () => {
    await withClient(first.superuserUrl, (client) => client.query('insert into note values (2)'));
    expect(await notes(first)).toBe(2);
    expect(await notes(second)).toBe(1);
  });

  it('is PostgreSQL 18 with data checksums, on loopback only', async () => {
    await withClient(first.superuserUrl, async (client) => {
      const show = async (name: string): Promise<unknown> => {
        const result = await client.query<Record<string, unknown>>(`show ${name}`);
        return result.rows[0]?.[name];
      };
      expect(String(await show('server_version'))).toMatch(/^18\./);
      expect(await show('data_checksums')).toBe('on');
      expect(await show('listen_addresses')).toBe('127.0.0.1');
      expect(await show('unix_socket_directories')).toBe('');
    });
  });
});
