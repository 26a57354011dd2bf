/** Brings a service's schema to the newest migration, as its owner role, one migrator at a time. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely';
import { createDatabase } from './database.ts';
import { createPool } from './pool.ts';
import { AUDITOR_ROLE, type StorePlan } from './plan.ts';

export const MIGRATIONS_FOLDER = join(import.meta.dirname, '../../migrations');
export const MIGRATION_TABLE = 'schema_migration';

const MIGRATION_FILE = /^([0-9]{4}_[a-z0-9_]+)\.ts$/;
/** Waiting for a table that a running service holds: give up and let the operator repeat. */
const LOCK_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 600_000;

/** Names of a folder's migrations in their order. */
export async function migrationNames(folder: string): Promise<string[]> {
  const files = await readdir(join(MIGRATIONS_FOLDER, folder));
  return files.flatMap((file) => MIGRATION_FILE.exec(file)?.[1] ?? []).sort();
}

/**
 * Applies what is missing, all in one transaction, and returns the names applied. Several at once
 * are harmless: the later ones wait and find nothing to do. Errors: throws what a migration threw.
 */
export async function migrateService(ownerUrl: string, plan: StorePlan): Promise<string[]> {
  const pool = createPool({
    connectionString: ownerUrl,
    schema: plan.schema,
    applicationName: `quanji-migrate-${plan.service}`,
    connectionsMax: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  const db = createDatabase<unknown>(pool);
  try {
    const { error, results } = await migratorOf(db, plan).migrateToLatest();
    if (error !== undefined) {
      const failed = results?.find((result) => result.status === 'Error')?.migrationName;
      throw new Error(`migrating ${plan.service} failed at ${failed ?? 'the start'}`, {
        cause: error,
      });
    }
    await grantVersionToServices(db, plan);
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

function migratorOf(db: Kysely<unknown>, plan: StorePlan): Migrator {
  return new Migrator({
    db,
    provider: folderProvider(plan.migrations),
    migrationTableSchema: plan.schema,
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
}

function folderProvider(folder: string): MigrationProvider {
  return {
    async getMigrations() {
      const migrations: Record<string, Migration> = {};
      for (const name of await migrationNames(folder)) {
        const file = join(MIGRATIONS_FOLDER, folder, `${name}.ts`);
        const module: unknown = await import(pathToFileURL(file).href);
        if (!isMigration(module)) throw new Error(`${folder}/${name} exports no up()`);
        migrations[name] = module;
      }
      return migrations;
    },
  };
}

function isMigration(module: unknown): module is Migration {
  return (
    typeof module === 'object' &&
    module !== null &&
    'up' in module &&
    typeof module.up === 'function'
  );
}

/** Services read the version at start; they never write it. */
async function grantVersionToServices(db: Kysely<unknown>, plan: StorePlan): Promise<void> {
  const roles = [...plan.serviceRoles, AUDITOR_ROLE].map((role) => sql.id(role));
  await sql`
    grant select on ${sql.id(plan.schema, MIGRATION_TABLE)} to ${sql.join(roles)}`.execute(db);
}
