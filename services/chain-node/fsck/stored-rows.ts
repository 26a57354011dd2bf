/** The rows that a check reads, as they are stored: nothing in them is believed. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { StoredAppendRow } from '../repositories/append-repository.ts';

export interface StoredBlock {
  readonly height: bigint;
  readonly header: Buffer;
  readonly header_hash: Buffer;
  readonly previous_header_hash: Buffer | null;
  readonly tree_size: bigint;
  readonly record_count: number;
  readonly lane_table: Buffer;
}

export interface StoredRecord {
  readonly leaf_index: bigint;
  readonly kind: number;
  readonly record: Buffer;
  readonly record_hash: Buffer;
}

export interface StoredObject {
  readonly leaf_index: bigint;
  readonly lane: number;
  readonly lane_sequence: bigint;
  readonly packet_hash: Buffer;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly class: number;
  readonly operation: number;
}

export interface StoredSetChange {
  readonly change: bigint;
  readonly leaf_index: bigint;
  readonly validators: Buffer;
}

export interface StoredNode {
  readonly level: number;
  readonly node_index: bigint;
  readonly hash: Buffer;
}

export interface StoredSignature {
  readonly height: bigint;
  readonly key_id: string;
  readonly signature: Buffer;
}

const BLOCK_PAGE = 50;
const APPEND_PAGE = 500;

export async function* storedBlocks(db: Executor): AsyncGenerator<StoredBlock> {
  let after = -1n;
  for (;;) {
    const rows = await prepared<StoredBlock>(
      db,
      'fsck_blocks',
      `select height, header, header_hash, previous_header_hash, tree_size, record_count, lane_table
       from block where height > $1 order by height limit ${BLOCK_PAGE}`,
      [after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.height;
  }
}

export interface LeafRange {
  readonly from: bigint;
  readonly until: bigint;
}

export interface RangeRows {
  readonly records: ReadonlyMap<bigint, StoredRecord>;
  readonly objects: ReadonlyMap<bigint, StoredObject>;
  readonly setChanges: ReadonlyMap<bigint, StoredSetChange>;
}

export async function readRange(db: Executor, range: LeafRange): Promise<RangeRows> {
  const values = [range.from, range.until];
  const within = 'leaf_index >= $1 and leaf_index < $2';
  const records = await prepared<StoredRecord>(
    db,
    'fsck_records',
    `select leaf_index, kind, record, record_hash from record where ${within}`,
    values,
  );
  const objects = await prepared<StoredObject>(
    db,
    'fsck_objects',
    `select leaf_index, lane, lane_sequence, packet_hash, object_id, version, revision, class,
       operation from object_record where ${within}`,
    values,
  );
  const setChanges = await prepared<StoredSetChange>(
    db,
    'fsck_set_changes',
    `select change, leaf_index, validators from set_change where ${within}`,
    values,
  );
  return { records: byLeaf(records), objects: byLeaf(objects), setChanges: byLeaf(setChanges) };
}

function byLeaf<Row extends { readonly leaf_index: bigint }>(
  rows: readonly Row[],
): ReadonlyMap<bigint, Row> {
  return new Map(rows.map((row) => [row.leaf_index, row]));
}

export async function readNodes(
  db: Executor,
  wanted: readonly { readonly level: number; readonly index: bigint }[],
): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await prepared<StoredNode>(
    db,
    'fsck_nodes',
    `select n.level, n.node_index, n.hash
     from unnest($1::smallint[], $2::bigint[]) as c(level, node_index)
     join tree_node n on n.level = c.level and n.node_index = c.node_index`,
    [wanted.map((node) => node.level), wanted.map((node) => node.index)],
  );
  return new Map(rows.map((row) => [`${row.level}/${row.node_index}`, row.hash]));
}

export async function readSignatures(
  db: Executor,
  height: bigint,
): Promise<readonly StoredSignature[]> {
  return prepared<StoredSignature>(
    db,
    'fsck_signatures',
    'select height, key_id, signature from block_signature where height = $1 order by key_id',
    [height],
  );
}

export interface StoredCounts {
  readonly records: bigint;
  readonly objects: bigint;
  readonly set_changes: bigint;
  readonly nodes: bigint;
}

export async function readCounts(db: Executor): Promise<StoredCounts | undefined> {
  const [row] = await prepared<StoredCounts>(
    db,
    'fsck_counts',
    `select (select count(*) from record) as records,
       (select count(*) from object_record) as objects,
       (select count(*) from set_change) as set_changes,
       (select count(*) from tree_node) as nodes`,
  );
  return row;
}

/** Signatures of heights at which there is no block. */
export async function strayingSignatures(db: Executor): Promise<readonly StoredSignature[]> {
  return prepared<StoredSignature>(
    db,
    'fsck_straying_signatures',
    `select s.height, s.key_id, s.signature from block_signature s
     where not exists (select from block b where b.height = s.height)
     order by s.height, s.key_id limit 1000`,
  );
}

/** The highest height that each key has signed. */
export async function highestSigned(db: Executor): Promise<ReadonlyMap<string, bigint>> {
  const rows = await prepared<{ key_id: string; height: bigint }>(
    db,
    'fsck_highest_signed',
    'select key_id, max(height) as height from block_signature group by key_id',
  );
  return new Map(rows.map((row) => [row.key_id, row.height]));
}

export async function* storedAppends(
  db: Executor,
): AsyncGenerator<StoredAppendRow & { readonly hashes: readonly Buffer[] }> {
  let after = -1n;
  for (;;) {
    const rows = await prepared<StoredAppendRow>(
      db,
      'fsck_appends',
      `select ticket, caller, idempotency_key, request_hash, first_leaf_index, record_count,
         received_at, row_digest
       from append_batch where first_leaf_index > $1
       order by first_leaf_index limit ${APPEND_PAGE}`,
      [after],
    );
    for (const row of rows) {
      const range = {
        from: row.first_leaf_index,
        until: row.first_leaf_index + BigInt(row.record_count),
      };
      const { records } = await readRange(db, range);
      const ordered = [...records.values()].sort((a, b) => (a.leaf_index < b.leaf_index ? -1 : 1));
      yield { ...row, hashes: ordered.map((record) => record.record_hash) };
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.first_leaf_index;
  }
}
