/** The connection pool: bounded in every direction, and never the end of the process. */
import pg from 'pg';
import { typeParsers } from './type-parsers.ts';

export interface PoolOptions {
  readonly connectionString: string;
  /** The only schema that unqualified names resolve to. */
  readonly schema: string;
  readonly applicationName: string;
  readonly connectionsMax?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  /** How long a caller waits for a free connection. */
  readonly acquireTimeoutMs?: number;
  /** Told of connections lost while nobody was using them. */
  readonly onIdleError?: (error: Error) => void;
}

const SCHEMA_NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** The client gives up after the server should have: a dead network sends no time-out. */
const CLIENT_GRACE_MS = 5_000;

export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.connectionsMax ?? 8,
    connectionTimeoutMillis: options.acquireTimeoutMs ?? 5_000,
    idleTimeoutMillis: 60_000,
    query_timeout: statementTimeoutMs + CLIENT_GRACE_MS,
    keepAlive: true,
    types: typeParsers,
    options: sessionOptions({
      search_path: `${checkSchema(options.schema)},pg_temp`,
      timezone: 'UTC',
      statement_timeout: String(statementTimeoutMs),
      lock_timeout: String(options.lockTimeoutMs ?? 5_000),
      idle_in_transaction_session_timeout: String(options.idleInTransactionTimeoutMs ?? 15_000),
    }),
  });
  const onIdleError = options.onIdleError ?? ((): void => undefined);
  pool.on('error', onIdleError);
  // pg-pool takes its own listener off while a client is lent; a loss between two statements would
  // then be an unhandled event. The next statement on that client reports the loss.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

function sessionOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

function checkSchema(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) throw new TypeError(`not a schema name: ${schema}`);
  return schema;
}
