/** The supervisory side's own chain of verdicts, and the messages that go down to the market. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable } from '../platform/grants.ts';

const schema = 'supervisory';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createBlocks(db);
  await createVerdicts(db);
  await createOutgoing(db);
}

/** Signed once: the row is written with the signature of its header. */
async function createBlocks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.block (
      height      bigint         primary key check (height >= 1),
      header      bytea          not null,
      header_hash bytea          not null unique check (length(header_hash) = 32),
      tree_size   bigint         not null unique check (tree_size >= 1),
      certificate jsonb          not null check (jsonb_typeof(certificate) = 'array'),
      made_at     timestamptz(3) not null
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'block' });
}

async function createVerdicts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.verdict (
      leaf_index  bigint         primary key check (leaf_index >= 0),
      chain_id    text           not null,
      lane        text           not null,
      sequence    bigint         not null,
      record      bytea          not null,
      leaf_hash   bytea          not null check (length(leaf_hash) = 32),
      given_at    timestamptz(3) not null,
      unique (chain_id, lane, sequence),
      foreign key (chain_id, lane, sequence) references supervisory.packet
    )`.execute(db);
  await sql`
    create table supervisory.tree_node (
      level integer not null check (level >= 1),
      index bigint  not null check (index >= 0),
      hash  bytea   not null check (length(hash) = 32),
      primary key (level, index)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'verdict' });
  await makeAppendOnly(db, { schema, table: 'tree_node' });
}

/** A RESULT is sealed once and sent again byte for byte: the market records its hash. */
async function createOutgoing(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.outgoing (
      id         bigint         generated always as identity primary key,
      topic      text           not null,
      key        text           not null,
      message    bytea          not null,
      chain_id   text           not null,
      lane       text,
      sequence   bigint,
      made_at    timestamptz(3) not null,
      sent_at    timestamptz(3)
    )`.execute(db);
  await sql`
    create index outgoing_unsent on supervisory.outgoing (id) where sent_at is null`.execute(db);
  await sql`
    create index outgoing_result on supervisory.outgoing (chain_id, lane, sequence)
    where sequence is not null`.execute(db);
  await makeColumnsUpdatable(db, { schema, table: 'outgoing', columns: ['sent_at'] });
}
