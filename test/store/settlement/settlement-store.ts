// A migrated database of settlement for one test file, with direct access for assertions.
import type pg from 'pg';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { openOwnAccounts } from '../../../services/settlement/repositories/money-repository.ts';
import { createServiceDatabase } from '../../support/service-database.ts';

export interface SettlementStore {
  /** As the service's role. */
  readonly pool: pg.Pool;
  readonly db: Database<unknown>;
  /** As the superuser, for whom triggers and foreign keys can be switched off. */
  readonly root: Database<unknown>;
  readonly auditor: Database<unknown>;
  readonly own: Readonly<Record<'bank' | 'fees' | 'tax' | 'suspense', Uuid>>;
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
  close(): Promise<void>;
}

export async function openSettlementStore(): Promise<SettlementStore> {
  const database = await createServiceDatabase('settlement');
  const open = (connectionString: string, connectionsMax = 10) =>
    createPool({
      connectionString,
      schema: 'settlement',
      applicationName: 'settlement-test',
      connectionsMax,
      statementTimeoutMs: 60_000,
    });
  const pool = open(database.roleUrl('settlement'), 20);
  const db = createDatabase<unknown>(pool);
  const root = createDatabase<unknown>(open(database.superuserUrl, 3));
  const auditor = createDatabase<unknown>(open(database.auditorUrl, 2));
  const own = { bank: newUuid(), fees: newUuid(), tax: newUuid(), suspense: newUuid() };
  await openOwnAccounts(db, own);
  return {
    pool,
    db,
    root,
    auditor,
    own,
    query: (text, values) => pool.query(text, values),
    close: async () => {
      await Promise.all([db.destroy(), root.destroy(), auditor.destroy()]);
      await database.drop();
    },
  };
}
