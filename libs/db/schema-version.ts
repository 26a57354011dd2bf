/** A service refuses to run on a schema that it does not know; it never migrates. */
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { MIGRATION_TABLE, migrationNames } from './migrate.ts';
import { storeOf } from './plan.ts';

/** A migration that takes away what older code needs carries this word behind its number. */
const BREAKING = /^[0-9]{4}_contract_/;

/**
 * Errors: throws where a migration that this code knows is missing, or where the schema has a
 * breaking one (NNNN_contract_…) that this code does not know.
 */
export async function assertSchemaVersion<DB>(db: Database<DB>, service: string): Promise<void> {
  const plan = storeOf(service);
  const known = await migrationNames(plan.migrations);
  const found = await sql<{ name: string }>`
    select name from ${sql.id(plan.schema, MIGRATION_TABLE)} order by name`.execute(db);
  const applied = new Set(found.rows.map((row) => row.name));
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length > 0) {
    throw new Error(`schema ${plan.schema} is too old: ${missing.join(', ')} is not applied`);
  }
  const breaking = [...applied].filter((name) => BREAKING.test(name) && !known.includes(name));
  if (breaking.length > 0) {
    throw new Error(`schema ${plan.schema} is too new for this release: ${breaking.join(', ')}`);
  }
}
