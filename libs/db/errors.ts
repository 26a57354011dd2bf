/** What a database error means: try again, unavailable for now, or a defect of ours. */

/** The connection was lost while COMMIT was under way: both outcomes are possible. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The constraint that refused, where the error is a violation of one. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!sqlStateOf(error)?.startsWith('23')) return undefined;
  if (!(error instanceof Error) || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/** The server rolled back for reasons of timing; the same work may succeed now. */
export function isRetryable(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK;
}

/** admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle session time-outs. */
const CONNECTION_ENDING = /^(?:08...|57P0[1-5]|25P0[34])$/;
/** too_many_connections, lock_not_available, query_canceled by a time-out, disk_full. */
const BUSY = /^(?:53...|55P03|57014)$/;
const NETWORK = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/;
const CLIENT_LOSS =
  /Connection terminated|connection timeout|timeout exceeded when trying|read timeout|not queryable|client was closed/i;

/** The connection itself is gone or out of step and must not be used again. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined && !NETWORK.test(state)) return CONNECTION_ENDING.test(state);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return NETWORK.test(code) || CLIENT_LOSS.test(error.message);
}

/** The fault lies with the environment: answered with 503 and Retry-After. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof CommitUnknown) return true;
  const state = sqlStateOf(error);
  if (state !== undefined && BUSY.test(state)) return true;
  return isRetryable(error) || isConnectionLoss(error);
}
