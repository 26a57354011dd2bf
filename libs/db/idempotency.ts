/** The stored answers of commands, by caller and key. */
import type { Instant } from '#libs/time/instant.ts';
import type { Executor } from './database.ts';
import { prepared, preparedOne } from './prepared.ts';

export interface IdempotencyKey {
  readonly principal: string;
  readonly key: string;
  readonly operation: string;
  readonly requestHash: Uint8Array;
}

export interface StoredAnswer {
  readonly operation: string;
  readonly requestHash: Uint8Array;
  readonly reply: StoredReply;
}

export interface StoredReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface AnswerRow {
  readonly operation: string | null;
  readonly request_hash: Buffer | null;
  readonly status: number | null;
  readonly answer: string | null;
}

const FIND = `
  select operation, request_hash, status, answer
  from idempotency_key where principal = $1 and key = $2`;

/** The schema goes into the lock: services of one database may be given the same key at once. */
const LOCK_AND_FIND = `
  select l.free, k.operation, k.request_hash, k.status, k.answer
  from (select pg_try_advisory_xact_lock(
    hashtextextended(current_schema() || ' ' || $1::text || ' ' || $2::text, 0)) as free) l
  left join idempotency_key k on k.principal = $1 and k.key = $2`;

const STORE = `
  insert into idempotency_key
    (principal, key, operation, request_hash, status, answer, created_at)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/** Not free: another call with the key is in flight. The lock ends with the transaction. */
export async function lockAndFindAnswer(
  tx: Executor,
  key: IdempotencyKey,
): Promise<{ isFree: boolean; stored: StoredAnswer | undefined }> {
  const row = await preparedOne<AnswerRow & { free: boolean }>(
    tx,
    'idempotency_lock_and_find',
    LOCK_AND_FIND,
    [key.principal, key.key],
  );
  return { isFree: row.free, stored: toStoredAnswer(row) };
}

export async function findAnswer(
  db: Executor,
  key: IdempotencyKey,
): Promise<StoredAnswer | undefined> {
  const [row] = await prepared<AnswerRow>(db, 'idempotency_find', FIND, [key.principal, key.key]);
  return row === undefined ? undefined : toStoredAnswer(row);
}

export async function storeAnswer(
  tx: Executor,
  key: IdempotencyKey,
  { status, body, headers }: StoredReply,
  now: Instant,
): Promise<void> {
  await prepared(tx, 'idempotency_store', STORE, [
    key.principal,
    key.key,
    key.operation,
    Buffer.from(key.requestHash),
    status,
    JSON.stringify({ body, headers }),
    now,
  ]);
}

function toStoredAnswer(row: AnswerRow): StoredAnswer | undefined {
  const { operation, request_hash: requestHash, status, answer } = row;
  if (operation === null || requestHash === null || status === null || answer === null) {
    return undefined;
  }
  // Written by storeAnswer alone.
  const kept = JSON.parse(answer) as Pick<StoredReply, 'body' | 'headers'>;
  return { operation, requestHash, reply: { status, ...kept } };
}
