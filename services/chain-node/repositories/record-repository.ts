/** Records and what is read from their frames: written once, in sets, at their final place. */
import type { AcceptedRecord } from '#libs/chain-application/check-batch.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import { OBJECT_CLASS, OPERATION, RECORD_KIND } from '#libs/proof/record-frame.ts';
import { encodeValidatorSet, type ValidatorSet } from '#libs/proof/validator-set.ts';
import {
  className,
  kindName,
  operationName,
  type RecordKindName,
  toBuffer,
  toBytes,
} from './rows.ts';

export interface NewRecords {
  readonly firstLeafIndex: bigint;
  readonly records: readonly Uint8Array[];
  readonly accepted: readonly AcceptedRecord[];
}

const INSERT_RECORDS = `
  insert into record (leaf_index, kind, record, record_hash)
  select $1::bigint + r.place - 1, r.kind, r.record, r.record_hash
  from unnest($2::smallint[], $3::bytea[], $4::bytea[])
    with ordinality as r(kind, record, record_hash, place)`;

const INSERT_OBJECT_RECORDS = `
  insert into object_record (leaf_index, lane, lane_sequence, packet_hash, object_id, version,
    revision, class, operation)
  select * from unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bytea[], $5::text[],
    $6::integer[], $7::integer[], $8::smallint[], $9::smallint[])`;

/** Two statements for the whole batch. */
export async function insertRecords(tx: Executor, batch: NewRecords): Promise<void> {
  const { accepted, firstLeafIndex } = batch;
  await prepared(tx, 'insert_records', INSERT_RECORDS, [
    firstLeafIndex,
    accepted.map((record) => RECORD_KIND[record.kind]),
    batch.records.map(toBuffer),
    accepted.map((record) => toBuffer(record.recordHash)),
  ]);
  const objects = accepted.flatMap((record, index) =>
    record.kind === 'object' ? [{ ...record, leafIndex: firstLeafIndex + BigInt(index) }] : [],
  );
  if (objects.length === 0) return;
  await prepared(tx, 'insert_object_records', INSERT_OBJECT_RECORDS, [
    objects.map((object) => object.leafIndex),
    objects.map(({ frame }) => frame.lane),
    objects.map(({ frame }) => frame.laneSequence),
    objects.map((object) => toBuffer(object.packetHash)),
    objects.map(({ frame }) => frame.objectId),
    objects.map(({ frame }) => frame.version),
    objects.map(({ frame }) => frame.revision),
    objects.map(({ frame }) => OBJECT_CLASS[frame.class]),
    objects.map(({ frame }) => OPERATION[frame.operation]),
  ]);
}

export interface SetChangeRow {
  readonly change: bigint;
  readonly leafIndex: bigint;
  readonly validators: ValidatorSet;
}

export async function insertSetChange(tx: Executor, row: SetChangeRow): Promise<void> {
  await prepared(
    tx,
    'insert_set_change',
    'insert into set_change (change, leaf_index, validators) values ($1, $2, $3)',
    [row.change, row.leafIndex, toBuffer(encodeValidatorSet(row.validators))],
  );
}

export async function nextLeafIndex(db: Executor): Promise<bigint> {
  const { next } = await preparedOne<{ next: bigint }>(
    db,
    'next_leaf_index',
    'select coalesce(max(leaf_index) + 1, 0)::bigint as next from record',
  );
  return next;
}

export interface PendingRecord {
  readonly kind: RecordKindName;
  readonly recordHash: Uint8Array;
  readonly bytes: number;
}

/** The heads of records that no block has yet, in order. */
export async function findPending(
  db: Executor,
  fromLeafIndex: bigint,
  limit: number,
): Promise<readonly PendingRecord[]> {
  const rows = await prepared<{ kind: number; record_hash: Buffer; bytes: number }>(
    db,
    'find_pending',
    `select kind, record_hash, length(record) as bytes from record
     where leaf_index >= $1 order by leaf_index limit $2`,
    [fromLeafIndex, limit],
  );
  return rows.map((row) => ({
    kind: kindName(row.kind),
    recordHash: toBytes(row.record_hash),
    bytes: row.bytes,
  }));
}

/** Record bytes of a range of leaves, in order. */
export async function readRecords(
  db: Executor,
  firstLeafIndex: bigint,
  count: number,
): Promise<readonly Uint8Array[]> {
  const rows = await prepared<{ record: Buffer }>(
    db,
    'read_records',
    `select record from record where leaf_index >= $1 and leaf_index < $1::bigint + $2::integer
     order by leaf_index`,
    [firstLeafIndex, count],
  );
  return rows.map((row) => toBytes(row.record));
}

export async function findRecordHashes(
  db: Executor,
  firstLeafIndex: bigint,
  count: number,
): Promise<readonly Uint8Array[]> {
  const rows = await prepared<{ record_hash: Buffer }>(
    db,
    'find_record_hashes',
    `select record_hash from record
     where leaf_index >= $1 and leaf_index < $1::bigint + $2::integer order by leaf_index`,
    [firstLeafIndex, count],
  );
  return rows.map((row) => toBytes(row.record_hash));
}

export interface ObjectRow {
  readonly leafIndex: bigint;
  readonly lane: number;
  readonly laneSequence: bigint;
  readonly packetHash: Uint8Array;
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
  readonly class: ReturnType<typeof className>;
  readonly operation: ReturnType<typeof operationName>;
}

interface StoredObjectRow {
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

/** The object records of a range of leaves, of one object where named, in order. */
export async function findObjectRows(
  db: Executor,
  range: { readonly firstLeafIndex: bigint; readonly count: number },
  objectId?: string,
): Promise<readonly ObjectRow[]> {
  const rows = await prepared<StoredObjectRow>(
    db,
    'find_object_rows',
    `select leaf_index, lane, lane_sequence, packet_hash, object_id, version, revision, class,
       operation
     from object_record
     where leaf_index >= $1 and leaf_index < $1::bigint + $2::integer
       and ($3::text is null or object_id = $3)
     order by leaf_index`,
    [range.firstLeafIndex, range.count, objectId ?? null],
  );
  return rows.map((row) => ({
    leafIndex: row.leaf_index,
    lane: row.lane,
    laneSequence: row.lane_sequence,
    packetHash: toBytes(row.packet_hash),
    objectId: row.object_id,
    version: row.version,
    revision: row.revision,
    class: className(row.class),
    operation: operationName(row.operation),
  }));
}

export interface RecordRow {
  readonly leafIndex: bigint;
  readonly kind: RecordKindName;
  readonly record: Uint8Array;
  readonly recordHash: Uint8Array;
}

interface StoredRecordRow {
  readonly leaf_index: bigint;
  readonly kind: number;
  readonly record: Buffer;
  readonly record_hash: Buffer;
}

export async function findRecord(db: Executor, leafIndex: bigint): Promise<RecordRow | undefined> {
  const [row] = await prepared<StoredRecordRow>(
    db,
    'find_record',
    'select leaf_index, kind, record, record_hash from record where leaf_index = $1',
    [leafIndex],
  );
  return row === undefined ? undefined : toRecordRow(row);
}

/** The first record with the hash in a range of leaves. */
export async function findRecordByHash(
  db: Executor,
  hash: Uint8Array,
  range: { readonly firstLeafIndex: bigint; readonly count: number },
): Promise<RecordRow | undefined> {
  const [row] = await prepared<StoredRecordRow>(
    db,
    'find_record_by_hash',
    `select leaf_index, kind, record, record_hash from record
     where record_hash = $1 and leaf_index >= $2 and leaf_index < $2::bigint + $3::integer
     order by leaf_index limit 1`,
    [toBuffer(hash), range.firstLeafIndex, range.count],
  );
  return row === undefined ? undefined : toRecordRow(row);
}

function toRecordRow(row: StoredRecordRow): RecordRow {
  return {
    leafIndex: row.leaf_index,
    kind: kindName(row.kind),
    record: toBytes(row.record),
    recordHash: toBytes(row.record_hash),
  };
}
