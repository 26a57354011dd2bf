// A migrated database of the registry for one test file, with direct access for assertions.
import pg from 'pg';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { createServiceDatabase } from '../../support/service-database.ts';

export interface RegistryStore {
  /** As the service's role. */
  readonly pool: pg.Pool;
  readonly db: Database<unknown>;
  readonly serviceUrl: string;
  readonly superuserUrl: string;
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
  asOwner(text: string): Promise<void>;
  close(): Promise<void>;
}

export async function openRegistryStore(): Promise<RegistryStore> {
  const database = await createServiceDatabase('registry');
  const pool = createPool({
    connectionString: database.roleUrl('registry'),
    schema: 'registry',
    applicationName: 'registry-test',
    // A test machine may be busy.
    acquireTimeoutMs: 60_000,
    lockTimeoutMs: 30_000,
    statementTimeoutMs: 60_000,
  });
  const db = createDatabase<unknown>(pool);
  return {
    pool,
    db,
    serviceUrl: database.roleUrl('registry'),
    superuserUrl: database.superuserUrl,
    query: (text, values) => pool.query(text, values),
    async asOwner(text) {
      const client = new pg.Client({ connectionString: database.roleUrl('registry_owner') });
      await client.connect();
      try {
        await client.query(text);
      } finally {
        await client.end();
      }
    },
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}
