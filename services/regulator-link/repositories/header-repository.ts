// Verified headers of the business chain, checkpoints over them, and how far the relay has come.
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import type { CertificateEntryJson } from '#libs/proof/certificate.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface HeaderRow {
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly header_hash: Uint8Array;
  readonly certificate: CertificateEntryJson[];
  readonly lanes: Uint8Array;
  readonly tree_size: bigint;
  readonly consistency_path: Uint8Array;
}

const COLUMNS = `
  select height, header, header_hash, certificate, lanes, tree_size, consistency_path
    from chain_header`;

export async function lastHeader(db: Executor): Promise<HeaderRow | undefined> {
  const sql = `${COLUMNS} order by height desc limit 1`;
  const [row] = await prepared<HeaderRow>(db, 'link_last_header', sql);
  return row;
}

export async function headerAt(db: Executor, height: bigint): Promise<HeaderRow | undefined> {
  const sql = `${COLUMNS} where height = $1`;
  const [row] = await prepared<HeaderRow>(db, 'link_header_at', sql, [height.toString()]);
  return row;
}

export function headersFrom(db: Executor, from: bigint, limit: number): Promise<HeaderRow[]> {
  const sql = `${COLUMNS} where height >= $1 order by height limit $2`;
  return prepared<HeaderRow>(db, 'link_headers_from', sql, [from.toString(), limit]);
}

const INSERT = `
  insert into chain_header (height, header, header_hash, certificate, lanes, tree_size,
    consistency_path, received_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

export async function insertHeader(tx: Executor, row: HeaderRow, now: Instant): Promise<void> {
  await prepared(tx, 'link_header_insert', INSERT, [
    row.height.toString(),
    Buffer.from(row.header),
    Buffer.from(row.header_hash),
    JSON.stringify(row.certificate),
    Buffer.from(row.lanes),
    row.tree_size.toString(),
    Buffer.from(row.consistency_path),
    now,
  ]);
}

export interface Checkpoint {
  readonly height: bigint;
  readonly headerHash: Uint8Array;
  readonly treeSize: bigint;
  readonly treeRoot: Uint8Array;
  readonly keyId: string;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

const INSERT_CHECKPOINT = `
  insert into checkpoint (height, header_hash, tree_size, tree_root, key_id, signature, message,
    received_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`;

/** The first one for a height is kept. */
export async function insertCheckpoint(
  tx: Executor,
  checkpoint: Checkpoint,
  now: Instant,
): Promise<void> {
  await prepared(tx, 'link_checkpoint_insert', INSERT_CHECKPOINT, [
    checkpoint.height.toString(),
    Buffer.from(checkpoint.headerHash),
    checkpoint.treeSize.toString(),
    Buffer.from(checkpoint.treeRoot),
    checkpoint.keyId,
    Buffer.from(checkpoint.signature),
    Buffer.from(checkpoint.message),
    now,
  ]);
}

export interface RelayState {
  readonly origin: string;
  readonly sent_height: bigint;
  readonly header_at: Instant | null;
}

const STATE = 'select origin, sent_height, header_at from relay_state';

export function relayState(db: Executor): Promise<RelayState> {
  return preparedOne<RelayState>(db, 'link_relay_state', STATE);
}

const SENT = `
  update relay_state set sent_height = greatest(sent_height, $1), header_at = $2`;

export async function markHeaderSent(tx: Executor, height: bigint, now: Instant): Promise<void> {
  await prepared(tx, 'link_header_sent', SENT, [height.toString(), now]);
}

const ORIGIN = 'update relay_state set origin = $1';

export async function saveOrigin(tx: Executor, origin: string): Promise<void> {
  await prepared(tx, 'link_relay_origin', ORIGIN, [origin]);
}
