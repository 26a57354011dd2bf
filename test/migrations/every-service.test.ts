import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { generateStore, ROOT } from '#libs/db/generate-store.ts';
import { MIGRATIONS_FOLDER, migrateService, migrationNames } from '#libs/db/migrate.ts';
import { STORES, type StorePlan } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { provisionRoles, provisionSchemas } from '#libs/db/provision.ts';
import { assertSchemaVersion } from '#libs/db/schema-version.ts';
import {
  createTestDatabase,
  type TestDatabase,
  testCluster,
  withClient,
} from '../support/postgres.ts';

/** As for every other test of the run: its roles are shared. */
const password = 'quanji-test';
const stores = STORES.filter(({ migrations }) => existsSync(join(MIGRATIONS_FOLDER, migrations)));

describe.each(stores)('the schema of $service', (plan: StorePlan) => {
  let database: TestDatabase;
  let ownerUrl: string;
  let service: Database<unknown>;

  beforeAll(async () => {
    const { superuserUrl } = await testCluster();
    database = await createTestDatabase();
    ownerUrl = database.urlFor(plan.ownerRole, password);
    await provisionRoles(superuserUrl, [plan], () => password);
    await provisionSchemas(database.superuserUrl, [plan]);
    const [role = ''] = plan.serviceRoles;
    service = createDatabase<unknown>(
      createPool({
        connectionString: database.urlFor(role, password),
        schema: plan.schema,
        applicationName: 'test-migrations',
        connectionsMax: 1,
      }),
    );
  });
  afterAll(async () => {
    await service.destroy();
    await database.drop();
  });

  it('is numbered from 0001 without a gap, and has no way back', async () => {
    const names = await migrationNames(plan.migrations);
    expect(names.length).toBeGreaterThan(0);
    names.forEach((name, place) => {
      expect(name.slice(0, 4)).toBe(String(place + 1).padStart(4, '0'));
      const text = readFileSync(join(MIGRATIONS_FOLDER, plan.migrations, `${name}.ts`), 'utf8');
      expect(text).not.toMatch(/function down\b/);
      expect(text).not.toMatch(/from '(?:#libs|(?:\.\.\/)+(?:services|libs))\//);
    });
  });

  it('goes from empty to the newest, by several migrators at once, in one go', async () => {
    const names = await migrationNames(plan.migrations);
    const migrators = Array.from({ length: 4 }, () => migrateService(ownerUrl, plan));
    const applied = (await Promise.all(migrators)).filter((list) => list.length > 0);
    expect(applied).toEqual([names]);
    expect(await migrateService(ownerUrl, plan)).toEqual([]);
  });

  it('matches the committed text and types', async () => {
    for (const { path, text } of await generateStore(ownerUrl, plan)) {
      const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
      expect(committed, `${relative(ROOT, path)}: run \`npm run generate\``).toBe(text);
    }
  });

  it('belongs wholly to its owner role', async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class
      where relnamespace = ${plan.schema}::regnamespace and pg_get_userbyid(relowner) <> ${plan.ownerRole}
      union all select proname from pg_proc
      where pronamespace = ${plan.schema}::regnamespace
        and pg_get_userbyid(proowner) <> ${plan.ownerRole}`.execute(service);
    expect(rows).toEqual([]);
  });

  it('grants nothing to everybody, and no change of an append-only table to anybody', async () => {
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_class c cross join lateral aclexplode(c.relacl) a
      where c.relnamespace = ${plan.schema}::regnamespace and a.grantee = 0
      union all select p.proname from pg_proc p
        cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace = ${plan.schema}::regnamespace and a.grantee = 0
      union all select c.relname from pg_class c
        join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'append_only'
        cross join lateral aclexplode(c.relacl) a
      where c.relnamespace = ${plan.schema}::regnamespace and a.grantee <> c.relowner
        and a.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')`.execute(service);
    expect(rows).toEqual([]);
  });

  it('lets the auditor read every table', async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class
      where relnamespace = ${plan.schema}::regnamespace and relkind in ('r', 'p', 'v', 'm')
        and not has_table_privilege('auditor', oid, 'select')
        and relname not like 'schema_migration%'`.execute(service);
    expect(rows).toEqual([]);
  });

  it('is accepted by its service, also with a later addition that the service does not know', async () => {
    await assertSchemaVersion(service, plan.service);
    await withLaterMigration('9998_add_something', async () => {
      await assertSchemaVersion(service, plan.service);
    });
  });

  it('is refused by a service that is too old or too new for it', async () => {
    await withLaterMigration('9999_contract_something', async () => {
      await expect(assertSchemaVersion(service, plan.service)).rejects.toThrow(/too new/);
    });
    const last = (await migrationNames(plan.migrations)).at(-1) ?? '';
    await withClient(ownerUrl, (client) =>
      client.query(`delete from ${plan.schema}.schema_migration where name = $1`, [last]),
    );
    await expect(assertSchemaVersion(service, plan.service)).rejects.toThrow(
      new RegExp(`too old: ${last}`),
    );
  });

  async function withLaterMigration(name: string, use: () => Promise<void>): Promise<void> {
    const table = `${plan.schema}.schema_migration`;
    await withClient(ownerUrl, async (client) => {
      await client.query(`insert into ${table} values ($1, '2026-11-24')`, [name]);
      try {
        await use();
      } finally {
        await client.query(`delete from ${table} where name = $1`, [name]);
      }
    });
  }
});

describe('the folder of migrations', () => {
  it('holds the planned stores and what they share, nothing else', () => {
    const known = new Set(['platform', ...STORES.map(({ migrations }) => migrations)]);
    expect(readdirSync(MIGRATIONS_FOLDER).filter((name) => !known.has(name))).toEqual([]);
  });
});
