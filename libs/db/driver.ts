/** The Kysely driver over a pg pool that keeps prepared names, lost commits and dead connections. */
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import { assert } from '#libs/result/result.ts';
import { CommitUnknown, isConnectionLoss, sqlStateOf } from './errors.ts';

/** A statement that the server plans once per connection, under its name. */
export interface NamedQuery<R> extends CompiledQuery<R> {
  readonly name: string;
}

const ROLLBACK_TIMEOUT_MS = 5_000;
const BEGIN_ATTEMPTS_MAX = 3;
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

class PooledConnection implements DatabaseConnection {
  /** Absent once given back. */
  #client: pg.PoolClient | undefined;
  isBroken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  release(): void {
    this.#client?.release(this.isBroken);
    this.#client = undefined;
  }

  /** Gives the broken one up first, so that the pool is never asked for two at once. */
  async replace(pool: pg.Pool): Promise<void> {
    this.release();
    this.#client = await pool.connect();
    this.isBroken = false;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const name = 'name' in query && typeof query.name === 'string' ? query.name : undefined;
    const result = await this.run({
      text: query.sql,
      values: [...query.parameters],
      ...(name === undefined ? {} : { name }),
    });
    const affected = WRITES.has(result.command)
      ? { numAffectedRows: BigInt(result.rowCount ?? 0) }
      : {};
    // The row type is the caller's claim, as everywhere in Kysely.
    return { rows: result.rows as R[], ...affected };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('results are not streamed: page by key instead');
  }

  async run(query: pg.QueryConfig): Promise<pg.QueryResult<pg.QueryResultRow>> {
    assert(this.#client !== undefined, 'the connection was given back');
    try {
      return await this.#client.query(query);
    } catch (error) {
      if (isConnectionLoss(error) || sqlStateOf(error) === undefined) this.isBroken = true;
      throw error;
    }
  }
}

export class PooledDriver implements Driver {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {
    // The pool connects when first asked.
  }

  async acquireConnection(): Promise<PooledConnection> {
    return new PooledConnection(await this.#pool.connect());
  }

  /** An idle connection may have died unheard; nothing was done on it, so another one begins. */
  async beginTransaction(
    connection: PooledConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    const level = settings.isolationLevel ?? 'read committed';
    const access = settings.accessMode === undefined ? '' : ` ${settings.accessMode}`;
    const begin = { text: `begin isolation level ${level}${access}` };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await connection.run(begin);
        return;
      } catch (error) {
        if (!connection.isBroken || attempt >= BEGIN_ATTEMPTS_MAX) throw error;
        await connection.replace(this.#pool);
      }
    }
  }

  async commitTransaction(connection: PooledConnection): Promise<void> {
    const result = await commit(connection);
    if (result.command === 'COMMIT') return;
    throw new Error('the transaction had failed before its commit: an error was swallowed');
  }

  /** A ROLLBACK queued on a dead connection may wait for ever: then the connection is dropped. */
  async rollbackTransaction(connection: PooledConnection): Promise<void> {
    if (connection.isBroken) return;
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        connection.isBroken = true;
        resolve();
      }, ROLLBACK_TIMEOUT_MS);
    });
    const rollback = connection.run({ text: 'rollback' }).then(
      () => undefined,
      () => {
        connection.isBroken = true;
      },
    );
    await Promise.race([rollback, overdue]);
    clearTimeout(timer);
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

async function commit(connection: PooledConnection): Promise<pg.QueryResult> {
  try {
    return await connection.run({ text: 'commit' });
  } catch (error) {
    if (!connection.isBroken) throw error;
    throw new CommitUnknown('the connection was lost during COMMIT', { cause: error });
  }
}
