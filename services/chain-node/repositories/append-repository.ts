/** Appends by ticket and idempotency key; the digest of each row covers what nothing derives. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { toHex } from '#libs/sm/hex.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';
import { toBuffer, toBytes } from './rows.ts';

export interface AppendRow {
  readonly ticket: string;
  readonly caller: string;
  readonly idempotencyKey: string;
  readonly requestHash: Uint8Array;
  readonly firstLeafIndex: bigint;
  readonly recordCount: number;
  readonly receivedAt: Instant;
}

export interface StoredAppendRow {
  readonly ticket: string;
  readonly caller: string;
  readonly idempotency_key: string;
  readonly request_hash: Buffer;
  readonly first_leaf_index: bigint;
  readonly record_count: number;
  readonly received_at: Instant;
  readonly row_digest: Buffer;
}

export const APPEND_COLUMNS = `ticket, caller, idempotency_key, request_hash, first_leaf_index,
  record_count, received_at, row_digest`;

export function appendRowDigest(row: AppendRow): Uint8Array {
  return sm3(
    canonicalBytes([
      'QJ-APPEND-1',
      row.ticket,
      row.caller,
      row.idempotencyKey,
      toHex(row.requestHash),
      row.firstLeafIndex.toString(),
      row.recordCount,
      row.receivedAt,
    ]),
  );
}

export async function insertAppend(tx: Executor, row: AppendRow): Promise<void> {
  await prepared(
    tx,
    'insert_append',
    `insert into append_batch (${APPEND_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.ticket,
      row.caller,
      row.idempotencyKey,
      toBuffer(row.requestHash),
      row.firstLeafIndex,
      row.recordCount,
      row.receivedAt,
      toBuffer(appendRowDigest(row)),
    ],
  );
}

export async function findAppendByKey(
  db: Executor,
  caller: string,
  idempotencyKey: string,
): Promise<AppendRow | undefined> {
  const [row] = await prepared<StoredAppendRow>(
    db,
    'find_append_by_key',
    `select ${APPEND_COLUMNS} from append_batch where caller = $1 and idempotency_key = $2`,
    [caller, idempotencyKey],
  );
  return row === undefined ? undefined : toAppendRow(row);
}

export async function findAppend(db: Executor, ticket: string): Promise<AppendRow | undefined> {
  const [row] = await prepared<StoredAppendRow>(
    db,
    'find_append',
    `select ${APPEND_COLUMNS} from append_batch where ticket = $1`,
    [ticket],
  );
  return row === undefined ? undefined : toAppendRow(row);
}

export function toAppendRow(row: StoredAppendRow): AppendRow {
  return {
    ticket: row.ticket,
    caller: row.caller,
    idempotencyKey: row.idempotency_key,
    requestHash: toBytes(row.request_hash),
    firstLeafIndex: row.first_leaf_index,
    recordCount: row.record_count,
    receivedAt: row.received_at,
  };
}
