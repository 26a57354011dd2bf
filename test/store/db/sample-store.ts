// A schema of its own with the platform's tables and two small ones, for tests of the libraries.
import { type Kysely, sql } from 'kysely';
import { createDatabase, type Database } from '#libs/db/database.ts';
import type { StorePlan } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { provisionRoles, provisionSchemas } from '#libs/db/provision.ts';
import { makeAppendOnly, makeReadWrite } from '../../../migrations/platform/grants.ts';
import { createOutboxTables } from '../../../migrations/platform/outbox-tables.ts';
import { createPlatformTables } from '../../../migrations/platform/platform-tables.ts';
import {
  createTestDatabase,
  type TestDatabase,
  templateDatabase,
  testCluster,
} from '../../support/postgres.ts';

export interface SampleTables {
  counter: { id: number; value: bigint };
  journal: { id: string; note: string };
}

export interface SampleStore {
  readonly db: Database<SampleTables>;
  readonly database: TestDatabase;
  readonly serviceUrl: string;
  readonly ownerUrl: string;
  readonly auditorUrl: string;
  drop(): Promise<void>;
}

/** One for all roles of the run's cluster, as in test/support/service-database.ts. */
const PASSWORD = 'quanji-test';

export const SAMPLE: StorePlan = {
  service: 'sample',
  database: 'sample',
  schema: 'sample',
  ownerRole: 'sample_owner',
  serviceRoles: ['sample'],
  migrations: 'sample',
};

export const passwordOf = (): string => PASSWORD;

async function prepare(database: { name: string; superuserUrl: string }): Promise<void> {
  const { superuserUrl } = await testCluster();
  await provisionRoles(superuserUrl, [SAMPLE], passwordOf);
  await provisionSchemas(database.superuserUrl, [SAMPLE]);
  const url = new URL(database.superuserUrl);
  url.username = SAMPLE.ownerRole;
  url.password = PASSWORD;
  const owner = openAs<unknown>(url.href, 2);
  await createPlatformTables(owner, SAMPLE);
  await createOutboxTables(owner, SAMPLE);
  await createSampleTables(owner);
  await owner.destroy();
}

async function createSampleTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table counter (
      id integer primary key,
      value bigint not null check (value >= 0)
    )`.execute(db);
  await sql`create table journal (id uuid primary key, note text not null)`.execute(db);
  await makeReadWrite(db, { schema: SAMPLE.schema, table: 'counter', canDelete: false });
  await makeAppendOnly(db, { schema: SAMPLE.schema, table: 'journal' });
}

export function openAs<DB>(connectionString: string, connectionsMax: number): Database<DB> {
  return createDatabase<DB>(
    createPool({
      connectionString,
      schema: SAMPLE.schema,
      applicationName: 'sample-test',
      connectionsMax,
      acquireTimeoutMs: 30_000,
    }),
  );
}

/** With a counter 1 that stands at zero. */
export async function openSampleStore(connectionsMax = 8): Promise<SampleStore> {
  const database = await createTestDatabase(await templateDatabase('sample', prepare));
  const serviceUrl = database.urlFor('sample', PASSWORD);
  const db = openAs<SampleTables>(serviceUrl, connectionsMax);
  await db.insertInto('counter').values({ id: 1, value: 0n }).execute();
  return {
    db,
    database,
    serviceUrl,
    ownerUrl: database.urlFor(SAMPLE.ownerRole, PASSWORD),
    auditorUrl: database.urlFor('auditor', PASSWORD),
    drop: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}

export async function counterOf(db: Database<SampleTables>): Promise<bigint> {
  const row = await db.selectFrom('counter').select('value').where('id', '=', 1).executeTakeFirst();
  return row?.value ?? -1n;
}
