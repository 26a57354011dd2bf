/** The store of one chain node: records, objects by lane and version, tree, blocks, signatures. */
import { type Kysely, sql } from 'kysely';
import { createRefuseChange, makeAppendOnly, makeReadWrite } from '../platform/grants.ts';

const schema = 'chain';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createRefuseChange(db, { schema });
  await createRecords(db);
  await createBlocks(db);
  await createAppends(db);
  await createServiceNonce(db);
  for (const table of [
    'record',
    'object_record',
    'set_change',
    'tree_node',
    'block',
    'block_signature',
    'append_batch',
  ]) {
    await makeAppendOnly(db, { schema, table });
  }
}

/** A record has its final place from the moment it is appended; a block closes over a range. */
async function createRecords(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chain.record (
      leaf_index  bigint   primary key check (leaf_index >= 0),
      kind        smallint not null check (kind between 1 and 3),
      record      bytea    not null check (length(record) between 3 and 1048576),
      record_hash bytea    not null check (length(record_hash) = 32)
    )`.execute(db);
  await sql`alter table chain.record alter column record set storage external`.execute(db);
  await sql`create index record_by_hash on chain.record (record_hash, leaf_index)`.execute(db);
  await sql`
    create table chain.object_record (
      leaf_index    bigint   primary key references chain.record,
      lane          smallint not null check (lane between 1 and 8),
      lane_sequence bigint   not null check (lane_sequence >= 1),
      packet_hash   bytea    not null unique check (length(packet_hash) = 32),
      object_id     text     not null check (length(object_id) between 1 and 128),
      version       integer  not null check (version >= 0),
      revision      integer  not null check (revision >= 0),
      class         smallint not null check (class between 1 and 8),
      operation     smallint not null check (operation between 1 and 4),
      unique (lane, lane_sequence),
      unique (object_id, version, revision)
    )`.execute(db);
  await sql`
    create index object_record_by_object on chain.object_record (object_id, leaf_index)`.execute(
    db,
  );
  await sql`
    create table chain.set_change (
      change     bigint primary key check (change >= 1),
      leaf_index bigint not null unique references chain.record,
      validators bytea  not null
    )`.execute(db);
}

async function createBlocks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chain.tree_node (
      level      smallint not null check (level between 1 and 63),
      node_index bigint   not null check (node_index >= 0),
      hash       bytea    not null check (length(hash) = 32),
      primary key (level, node_index)
    )`.execute(db);
  await sql`
    create table chain.block (
      height               bigint  primary key check (height >= 0),
      header               bytea   not null,
      header_hash          bytea   not null unique check (length(header_hash) = 32),
      previous_header_hash bytea   unique references chain.block (header_hash),
      tree_size            bigint  not null unique check (tree_size >= 0),
      record_count         integer not null check (record_count between 0 and 1000),
      lane_table           bytea   not null,
      check ((height = 0) = (previous_header_hash is null)),
      check ((height = 0) = (record_count = 0))
    )`.execute(db);
  await sql`
    create table chain.block_signature (
      height    bigint not null references chain.block,
      key_id    text   not null check (key_id ~ '^[0-9a-f]{32}$'),
      signature bytea  not null check (length(signature) between 8 and 72),
      primary key (height, key_id)
    )`.execute(db);
}

/** Appends by ticket; only the sequencer has any. The digest covers the row, and nothing else can. */
async function createAppends(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chain.append_batch (
      ticket           uuid           primary key,
      caller           text           not null check (caller <> ''),
      idempotency_key  text           not null check (length(idempotency_key) between 1 and 255),
      request_hash     bytea          not null check (length(request_hash) = 32),
      first_leaf_index bigint         not null unique references chain.record,
      record_count     integer        not null check (record_count between 1 and 1000),
      received_at      timestamptz(3) not null,
      row_digest       bytea          not null check (length(row_digest) = 32),
      unique (caller, idempotency_key)
    )`.execute(db);
}

async function createServiceNonce(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chain.service_nonce (
      caller     text           not null check (caller <> ''),
      nonce      text           not null check (length(nonce) between 16 and 64),
      expires_at timestamptz(3) not null,
      primary key (caller, nonce)
    )`.execute(db);
  await sql`create index service_nonce_expires_at on chain.service_nonce (expires_at)`.execute(db);
  await makeReadWrite(db, { schema, table: 'service_nonce', canDelete: true });
}
