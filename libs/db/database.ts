/** The query builder over a pool, and the types by which other layers name it. */
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Transaction,
} from 'kysely';
import type pg from 'pg';
import { PooledDriver } from './driver.ts';

export type Database<DB> = Kysely<DB>;

/** The unit of work that use cases and repositories are handed. */
export type Tx<DB> = Transaction<DB>;

/** Whatever can run a statement, in or out of a transaction, whichever its tables. */
export type Executor = Pick<Kysely<unknown>, 'executeQuery' | 'getExecutor'>;

/** Closing the database (`destroy`) closes the pool. */
export function createDatabase<DB>(pool: pg.Pool): Database<DB> {
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PooledDriver(pool),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}
