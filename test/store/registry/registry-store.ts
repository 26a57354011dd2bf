// A database of the registry per test file, cloned from one migrated template.
import { readdirSync } from 'node:fs';
import pg from 'pg';
import { createDatabase } from '#libs/db/database.ts';
import { storeOf } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { provisionRoles, provisionSchemas, roleUrl } from '#libs/db/provision.ts';
import { createTestDatabase, templateDatabase, testCluster } from '../../support/postgres.ts';

const PASSWORD = 'registry-test';
const plan = storeOf('registry');

export interface RegistryStore {
  readonly pool: pg.Pool;
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
  asOwner(text: string): Promise<void>;
  close(): Promise<void>;
}

async function prepare({ name, superuserUrl }: { name: string; superuserUrl: string }) {
  await provisionRoles(superuserUrl, [plan], () => PASSWORD);
  await provisionSchemas(superuserUrl, [plan]);
  const pool = createPool({
    connectionString: roleUrl(superuserUrl, name, plan.ownerRole, PASSWORD),
    schema: plan.schema,
    applicationName: 'registry-test',
  });
  const db = createDatabase<unknown>(pool);
  const folder = new URL('../../../migrations/registry/', import.meta.url);
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.ts')).sort()) {
    const migration = await import(new URL(file, folder).href);
    await migration.up(db);
  }
  await db.destroy();
}

export async function openRegistryStore(): Promise<RegistryStore> {
  const database = await createTestDatabase(await templateDatabase('registry_own', prepare));
  const { superuserUrl } = await testCluster();
  const pool = createPool({
    connectionString: roleUrl(superuserUrl, database.name, 'registry', PASSWORD),
    schema: plan.schema,
    applicationName: 'registry-test',
  });
  return {
    pool,
    query: (text, values) => pool.query(text, values),
    async asOwner(text) {
      const client = new pg.Client({
        connectionString: roleUrl(superuserUrl, database.name, plan.ownerRole, PASSWORD),
      });
      await client.connect();
      try {
        await client.query(text);
      } finally {
        await client.end();
      }
    },
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}
