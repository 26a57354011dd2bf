// The link's schema: what may never change cannot be changed, and every row carries its digest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { withClient } from '../../support/postgres.ts';

let database: ServiceDatabase;
beforeAll(async () => {
  database = await createServiceDatabase('regulator-link');
});
afterAll(() => database.drop());

const eventId = '01920000-0000-7000-8000-000000000001';
const insertFact = `
  insert into link.fact (event_id, source, book, sequence, type, business_date, recorded_at,
    received_at, object_count)
  values ('${eventId}', 'registry', 'parties', 1, 't', '2026-11-24', now(), now(), 0)`;

describe('the schema of the link', () => {
  it('takes a fact from the service role and lets nobody change it', async () => {
    await withClient(database.roleUrl('link'), async (client) => {
      await client.query(insertFact);
      await expect(client.query(`update link.fact set book = 'x'`)).rejects.toThrow(/denied/);
    });
    await withClient(database.roleUrl('link_owner'), async (client) => {
      await expect(client.query(`update link.fact set book = 'x'`)).rejects.toThrow(/append-only/);
    });
  });

  it('notices by its digest a value that was changed behind the triggers', async () => {
    await withClient(database.superuserUrl, async (client) => {
      const differing = 'select from link.fact f where f.digest <> link.fact_digest(f)';
      expect((await client.query(differing)).rowCount).toBe(0);
      await client.query('set session_replication_role = replica');
      await client.query(`update link.fact set book = 'security:x'`);
      expect((await client.query(differing)).rowCount).toBe(1);
    });
  });
});
