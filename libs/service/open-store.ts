/** A service's database: of the schema this code was made for, with the settings it rests on. */
import type pg from 'pg';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { storeOf } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { assertSchemaVersion } from '#libs/db/schema-version.ts';
import { assertPostgresSettings, type SettingsPolicy } from '#libs/db/settings.ts';
import type { Logger } from '#libs/log/log.ts';

export interface StoreOptions extends SettingsPolicy {
  readonly service: string;
  readonly connectionString: string;
  readonly connectionsMax: number;
  readonly log: Logger;
}

export interface OpenStore<DB> {
  readonly pool: pg.Pool;
  readonly db: Database<DB>;
  /**
   * For /readyz: rejects where the database does not answer in time. Asked on a connection of its
   * own, for a service whose pool is all at work is busy, not unready.
   */
  readonly answers: () => Promise<unknown>;
  close(): Promise<void>;
}

/** Less than the time that a readiness check is given. */
const answerMs = 1_500;

/** Errors: throws where the database does not answer, or is not as it must be. */
export async function openStore<DB>(options: StoreOptions): Promise<OpenStore<DB>> {
  const { service, log } = options;
  const common = {
    connectionString: options.connectionString,
    schema: storeOf(service).schema,
    applicationName: service,
    onIdleError: (error: Error) => log.warn('an idle connection was lost', { error }),
  };
  const pool = createPool({ ...common, connectionsMax: options.connectionsMax });
  const db = createDatabase<DB>(pool);
  await assertPostgresSettings(db, options);
  await assertSchemaVersion(db, service);
  const checks = createPool({
    ...common,
    connectionsMax: 1,
    acquireTimeoutMs: answerMs,
    statementTimeoutMs: answerMs,
  });
  return {
    pool,
    db,
    answers: () => checks.query('select 1'),
    close: async () => {
      await Promise.all([db.destroy(), checks.end()]);
    },
  };
}

/** Only a test cluster may trade durability for speed. */
export const durabilityIn = (environment: string): SettingsPolicy['durability'] =>
  environment === 'test' ? 'waived' : 'required';
