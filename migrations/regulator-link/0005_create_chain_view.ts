/** What the link knows of both chains as their light client, and how far it has relayed. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createHeaders(db);
  await createCheckpoints(db);
  await createRelayState(db);
}

/** Final headers from height 1 on, verified; the path shows the tree before to be a prefix. */
async function createHeaders(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.chain_header (
      height           bigint         primary key check (height >= 1),
      header           bytea          not null,
      header_hash      bytea          not null check (length(header_hash) = 32),
      certificate      jsonb          not null check (jsonb_typeof(certificate) = 'array'),
      lanes            bytea          not null,
      tree_size        bigint         not null check (tree_size >= 0),
      consistency_path bytea          not null check (length(consistency_path) % 32 = 0),
      received_at      timestamptz(3) not null,
      digest           bytea          not null
    )`.execute(db);
  await digestRows(db, 'chain_header', {
    height: 'text',
    header: 'bytes',
    header_hash: 'bytes',
    certificate: 'text',
    lanes: 'bytes',
    tree_size: 'text',
    consistency_path: 'bytes',
    received_at: 'instant',
  });
  await makeAppendOnly(db, { schema, table: 'chain_header' });
}

/** The supervisory side's cosignature over our tree, beside the certificate and never inside. */
async function createCheckpoints(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.checkpoint (
      height      bigint         primary key references link.chain_header,
      header_hash bytea          not null check (length(header_hash) = 32),
      tree_size   bigint         not null check (tree_size >= 0),
      tree_root   bytea          not null check (length(tree_root) = 32),
      key_id      text           not null check (key_id ~ '^[0-9a-f]{32}$'),
      signature   bytea          not null,
      message     bytea          not null,
      received_at timestamptz(3) not null,
      digest      bytea          not null
    )`.execute(db);
  await digestRows(db, 'checkpoint', {
    height: 'text',
    header_hash: 'bytes',
    tree_size: 'text',
    tree_root: 'bytes',
    key_id: 'text',
    signature: 'bytes',
    message: 'bytes',
    received_at: 'instant',
  });
  await makeAppendOnly(db, { schema, table: 'checkpoint' });
}

async function createRelayState(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.relay_state (
      only_row    boolean        primary key default true check (only_row),
      origin      text           not null default '',
      sent_height bigint         not null default 0 check (sent_height >= 0),
      header_at   timestamptz(3),
      digest      bytea          not null
    )`.execute(db);
  await digestRows(db, 'relay_state', {
    only_row: 'text',
    origin: 'text',
    sent_height: 'text',
    header_at: 'instant',
  });
  await sql`insert into link.relay_state default values`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'relay_state',
    columns: ['origin', 'sent_height', 'header_at', 'digest'],
  });
}
