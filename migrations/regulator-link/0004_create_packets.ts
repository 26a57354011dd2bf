/** Lanes, the batches in which records go to the chain, and every record's exact bytes. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createLanes(db);
  await createBatches(db);
  await createPackets(db);
  await createPacketProgress(db);
  await createResultsRecords(db);
}

async function createLanes(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.lane (
      lane             smallint primary key check (lane between 1 and 8),
      last_sequence    bigint   not null check (last_sequence >= 0),
      last_packet_hash bytea    not null check (length(last_packet_hash) = 32),
      digest           bytea    not null
    )`.execute(db);
  await digestRows(db, 'lane', {
    lane: 'text',
    last_sequence: 'text',
    last_packet_hash: 'bytes',
  });
  await sql`
    insert into link.lane (lane, last_sequence, last_packet_hash)
    select n, 0, decode(repeat('00', 32), 'hex') from generate_series(1, 6) n`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'lane',
    columns: ['last_sequence', 'last_packet_hash', 'digest'],
  });
}

/** The id is the idempotency key of the append: whatever crashes, the same bytes go again. */
async function createBatches(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.append_batch (
      batch_id     uuid           primary key,
      ordinal      bigint         not null unique check (ordinal >= 1),
      record_count integer        not null check (record_count between 1 and 1000),
      state        text           not null default 'prepared' check (state in ('prepared', 'appended')),
      prepared_at  timestamptz(3) not null,
      appended_at  timestamptz(3) check (appended_at >= prepared_at),
      digest       bytea          not null,
      check ((state = 'appended') = (appended_at is not null))
    )`.execute(db);
  await sql`
    create unique index append_batch_in_hand on link.append_batch (state)
    where state = 'prepared'`.execute(db);
  await digestRows(db, 'append_batch', {
    batch_id: 'text',
    ordinal: 'text',
    record_count: 'text',
    state: 'text',
    prepared_at: 'instant',
    appended_at: 'instant',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'append_batch',
    columns: ['state', 'appended_at', 'digest'],
  });
}

async function createPackets(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.packet (
      lane                 smallint not null references link.lane,
      sequence             bigint   not null check (sequence >= 1),
      object_id            text     not null,
      version              integer  not null,
      revision             integer  not null,
      event_id             uuid     not null references link.fact,
      batch_id             uuid     not null references link.append_batch,
      batch_index          integer  not null check (batch_index between 0 and 999),
      previous_packet_hash bytea    not null check (length(previous_packet_hash) = 32),
      packet_hash          bytea    not null unique check (length(packet_hash) = 32),
      record_hash          bytea    not null check (length(record_hash) = 32),
      record               bytea    not null check (length(record) <= 1048576),
      after                jsonb    not null check (jsonb_typeof(after) = 'array'),
      digest               bytea    not null,
      primary key (lane, sequence),
      unique (object_id, version, revision),
      unique (batch_id, batch_index),
      foreign key (object_id, version, revision) references link.sealed_object
    )`.execute(db);
  await sql`create index packet_event on link.packet (event_id)`.execute(db);
  await digestRows(db, 'packet', {
    lane: 'text',
    sequence: 'text',
    object_id: 'text',
    version: 'text',
    revision: 'text',
    event_id: 'text',
    batch_id: 'text',
    batch_index: 'text',
    previous_packet_hash: 'bytes',
    packet_hash: 'bytes',
    record_hash: 'bytes',
    record: 'bytes',
    after: 'text',
  });
  await makeAppendOnly(db, { schema, table: 'packet' });
}

/** `final` only with a place in the tree and the path that proves it. */
async function createPacketProgress(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.packet_progress (
      lane           smallint       not null,
      sequence       bigint         not null,
      state          text           not null default 'queued'
                     check (state in ('queued', 'final', 'sent', 'seen', 'resulted')),
      height         bigint         check (height >= 1),
      leaf_index     bigint         unique check (leaf_index >= 0),
      inclusion_path bytea          check (length(inclusion_path) % 32 = 0),
      final_at       timestamptz(3),
      sent_at        timestamptz(3),
      send_count     integer        not null default 0 check (send_count >= 0),
      seen_at        timestamptz(3),
      digest         bytea          not null,
      primary key (lane, sequence),
      foreign key (lane, sequence) references link.packet,
      check ((height is null) = (leaf_index is null)),
      check (state = 'queued' or (height is not null and inclusion_path is not null
                                  and final_at is not null)),
      check ((sent_at is null) = (send_count = 0)),
      check (state <> 'seen' or seen_at is not null)
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    create index packet_progress_open on link.packet_progress (state, lane, sequence)
    where state <> 'resulted'`.execute(db);
  await digestRows(db, 'packet_progress', {
    lane: 'text',
    sequence: 'text',
    state: 'text',
    height: 'text',
    leaf_index: 'text',
    inclusion_path: 'bytes',
    final_at: 'instant',
    sent_at: 'instant',
    send_count: 'text',
    seen_at: 'instant',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'packet_progress',
    columns: [
      'state',
      'height',
      'leaf_index',
      'inclusion_path',
      'final_at',
      'sent_at',
      'send_count',
      'seen_at',
      'digest',
    ],
  });
}

/** The records that bring RESULTs onto the business chain: the last of their batch, no lane. */
async function createResultsRecords(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.results_record (
      batch_id     uuid    primary key references link.append_batch,
      batch_index  integer not null check (batch_index between 0 and 999),
      result_count integer not null check (result_count between 1 and 1000),
      record       bytea   not null check (length(record) <= 1048576),
      record_hash  bytea   not null check (length(record_hash) = 32),
      height       bigint  check (height >= 1),
      leaf_index   bigint  unique check (leaf_index >= 0),
      digest       bytea   not null,
      check ((height is null) = (leaf_index is null))
    )`.execute(db);
  await digestRows(db, 'results_record', {
    batch_id: 'text',
    batch_index: 'text',
    result_count: 'text',
    record: 'bytes',
    record_hash: 'bytes',
    height: 'text',
    leaf_index: 'text',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'results_record',
    columns: ['height', 'leaf_index', 'digest'],
  });
}
