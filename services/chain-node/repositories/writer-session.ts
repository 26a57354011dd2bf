/**
 * The one writer of a node's store: a session that holds an advisory lock, and whose own connection
 * carries every write. A writer that stands still loses the session, so what it does later fails.
 */
import type pg from 'pg';
import { createDatabase, type Database, type Tx } from '#libs/db/database.ts';
import { CommitUnknown, isConnectionLoss } from '#libs/db/errors.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { Result } from '#libs/result/result.ts';

/** The tables are named in plain SQL only. */
export type ChainTables = Record<never, never>;
export type ChainDatabase = Database<ChainTables>;
export type ChainTx = Tx<ChainTables>;

export interface WriterSession {
  /** Aborted when the session is lost: nothing can be written through it any more. */
  readonly lost: AbortSignal;
  /** One transaction at a time, in the order asked for. */
  write<T, E>(work: (tx: ChainTx) => Promise<Result<T, E>>): Promise<Result<T, E>>;
  /** Gives the lock back by ending the session. */
  end(): void;
}

const HEARTBEAT_MS = 1_000;
/** A stopped process is cut off after this by the server, and another takes over. */
const STANDSTILL_MS_MAX = 5_000;

/** Undefined while another session is the writer. */
export async function openWriterSession(
  pool: pg.Pool,
  lockName: string,
): Promise<WriterSession | undefined> {
  const client = await pool.connect();
  const lost = new AbortController();
  const onLoss = (): void => lost.abort();
  client.on('error', onLoss);
  client.on('end', onLoss);
  try {
    if (!(await takeLock(client, lockName))) {
      client.off('error', onLoss);
      client.off('end', onLoss);
      client.release(true);
      return undefined;
    }
  } catch (error) {
    client.release(true);
    throw error;
  }
  return sessionOn(client, lost);
}

function sessionOn(client: pg.PoolClient, lost: AbortController): WriterSession {
  const db = createDatabase<ChainTables>(poolOf(client));
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(async () => {
      if (lost.signal.aborted) throw new Error('Connection terminated: the writer was replaced');
      try {
        return await work();
      } catch (error) {
        // The lock may be gone with the connection: whoever writes next must hold it anew.
        if (error instanceof CommitUnknown || isConnectionLoss(error)) lost.abort();
        throw error;
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  };
  const heartbeat = setInterval(() => {
    inTurn(() => client.query('select 1')).catch(() => lost.abort());
  }, HEARTBEAT_MS);
  const end = (): void => {
    clearInterval(heartbeat);
    if (!lost.signal.aborted) lost.abort();
    client.release(true);
  };
  lost.signal.addEventListener('abort', () => clearInterval(heartbeat));
  let ended = false;
  return {
    lost: lost.signal,
    write: (work) => inTurn(() => inTransaction(db, 'read committed', work)),
    end: () => {
      if (!ended) end();
      ended = true;
    },
  };
}

async function takeLock(client: pg.PoolClient, lockName: string): Promise<boolean> {
  await client.query(
    `select set_config('idle_session_timeout', $1, false),
            set_config('idle_in_transaction_session_timeout', $1, false),
            set_config('tcp_keepalives_idle', '5', false),
            set_config('tcp_keepalives_interval', '2', false),
            set_config('tcp_keepalives_count', '3', false)`,
    [`${STANDSTILL_MS_MAX}ms`],
  );
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [lockName],
  );
  return rows[0]?.taken === true;
}

/** A pool that lends the one client and never takes it back. */
function poolOf(client: pg.PoolClient): pg.Pool {
  const lent = new Proxy(client, {
    get: (target, property) => {
      if (property === 'release') return () => undefined;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  // Only `connect` and `end` of a pool are used by the driver.
  return { connect: async () => lent, end: async () => undefined } as unknown as pg.Pool;
}
