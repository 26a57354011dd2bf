/** Leader work under a PostgreSQL session lock, fenced by running on the lock's own connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from '#libs/log/log.ts';

export interface LeaderSession {
  /** Holds the lock: whatever runs on it fails once leadership is lost. */
  readonly client: PoolClient;
  /** Aborted when the connection is lost and when the leader is asked to stop. */
  readonly signal: AbortSignal;
}

export interface LeaderOptions {
  /** Takes one connection of this pool for as long as it leads. */
  readonly pool: Pool;
  readonly lockName: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Wait between two attempts to take the lock. */
  readonly retryMs?: number;
  readonly lead: (session: LeaderSession) => Promise<void>;
}

/** Resolves when the signal is aborted and the work in hand has ended; never rejects. */
export async function runAsLeader(options: LeaderOptions): Promise<void> {
  const { signal, log, lockName } = options;
  while (!signal.aborted) {
    try {
      await leadOnce(options);
    } catch (error) {
      if (!signal.aborted) {
        log.warn('leader work ended by a fault, to be taken up again', { error, role: lockName });
      }
    }
    await pause(options.retryMs ?? 500, signal);
  }
}

/** Waits, or returns at once when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** A Kysely over one connection, so that its transactions are fenced by that connection. */
export function databaseOn<DB>(client: PoolClient): Kysely<DB> {
  const lent = new Proxy(client, {
    get: (target, property) => {
      if (property === 'release') return () => undefined;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const pool = { connect: () => Promise.resolve(lent), end: () => Promise.resolve() };
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

async function leadOnce(options: LeaderOptions): Promise<void> {
  const client = await options.pool.connect();
  const lost = new AbortController();
  const onLoss = (): void => lost.abort();
  client.on('error', onLoss);
  client.on('end', onLoss);
  let leading = false;
  try {
    leading = await takeLock(client, options.lockName);
    if (!leading) return;
    options.log.info('leading', { role: options.lockName });
    await options.lead({ client, signal: AbortSignal.any([options.signal, lost.signal]) });
  } finally {
    client.off('end', onLoss);
    // Back in the pool the connection has the pool's listener, and stands by again and again.
    if (!leading) client.off('error', onLoss);
    // Ending the session is what gives the lock back, whatever state the connection is in.
    client.release(leading || lost.signal.aborted);
  }
}

async function takeLock(client: PoolClient, lockName: string): Promise<boolean> {
  // A leader whose machine vanished must not hold the lock for the hours TCP would wait.
  await client.query(
    `select set_config('tcp_keepalives_idle', '5', false),
            set_config('tcp_keepalives_interval', '2', false),
            set_config('tcp_keepalives_count', '3', false)`,
  );
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [lockName],
  );
  return rows[0]?.taken === true;
}
