// The link's store, opened to read by a command on the machine itself.
import { createDatabase, type Database } from '#libs/db/database.ts';
import { storeOf } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import type { Installation } from '#libs/installation/installation.ts';

const service = 'regulator-link';

export interface OpenedStore {
  readonly db: Database<unknown>;
  readonly recordKek: Uint8Array;
}

/** Read-only, as the auditor's role; the snapshots open with the link's own key. */
export async function openStore(installation: Installation): Promise<OpenedStore> {
  const keys = await installation.openKeys(service);
  const { database, schema } = storeOf(service);
  const pool = createPool({
    connectionString: installation.auditorUrl(database),
    schema,
    applicationName: 'quanji-export',
    connectionsMax: 2,
  });
  return { db: createDatabase<unknown>(pool), recordKek: keys.secret('record-kek') };
}
