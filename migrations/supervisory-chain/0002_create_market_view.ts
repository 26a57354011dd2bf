/** What the supervisory side holds of a market's chain: headers, lanes, packets, evidence. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeReadWrite } from '../platform/grants.ts';

const schema = 'supervisory';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createMarkets(db);
  await createHeaders(db);
  await createPackets(db);
  await createInvestors(db);
  await createEvidence(db);
  await createRowDigests(db);
}

/** A light client's state; `last_header_at` shows silence. */
async function createMarkets(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.market (
      chain_id       text           primary key,
      height         bigint         not null check (height >= 0),
      header_hash    bytea          not null check (length(header_hash) = 32),
      header         bytea          not null,
      lanes          bytea          not null,
      last_header_at timestamptz(3) not null,
      frozen_reason  text,
      frozen_at      timestamptz(3),
      check ((frozen_reason is null) = (frozen_at is null))
    )`.execute(db);
  await sql`
    create table supervisory.lane (
      chain_id         text   not null references supervisory.market,
      lane             text   not null,
      last_sequence    bigint not null check (last_sequence >= 0),
      last_packet_hash bytea  not null check (length(last_packet_hash) = 32),
      frozen_reason    text,
      primary key (chain_id, lane)
    )`.execute(db);
  await sql`
    create table supervisory.pull_cursor (
      chain_id text   primary key references supervisory.market,
      height   bigint not null check (height >= 0)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'pull_cursor', canDelete: false });
  await makeReadWrite(db, { schema, table: 'market', canDelete: false });
  await makeReadWrite(db, { schema, table: 'lane', canDelete: false });
}

async function createHeaders(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.market_header (
      chain_id    text           not null references supervisory.market,
      height      bigint         not null check (height >= 0),
      header      bytea          not null,
      header_hash bytea          not null check (length(header_hash) = 32),
      tree_size   bigint         not null check (tree_size >= 0),
      certificate jsonb          not null check (jsonb_typeof(certificate) = 'array'),
      via         text           not null check (via in ('genesis', 'lane', 'pull')),
      accepted_at timestamptz(3) not null,
      digest      bytea          not null check (length(digest) = 32),
      primary key (chain_id, height)
    )`.execute(db);
  await sql`
    create index market_header_size on supervisory.market_header (chain_id, tree_size, height)`.execute(
    db,
  );
  await makeAppendOnly(db, { schema, table: 'market_header' });
}

/**
 * One row per packet, accepted or rejected; `snapshot` is the sealed snapshot under the store's
 * key.
 * A rejected version counts as present, so that the market can go on and correct it.
 */
async function createPackets(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.packet (
      chain_id      text           not null,
      lane          text           not null,
      sequence      bigint         not null check (sequence >= 1),
      packet_hash   bytea          not null check (length(packet_hash) = 32),
      record_hash   bytea          not null check (length(record_hash) = 32),
      record        bytea          not null,
      leaf_index    bigint         not null check (leaf_index >= 0),
      height        bigint         not null check (height >= 1),
      object_id     text           not null,
      version       integer        not null check (version >= 0),
      revision      integer        not null check (revision >= 0),
      class         text           not null,
      operation     text           not null,
      snapshot_hash bytea          not null check (length(snapshot_hash) = 32),
      snapshot      bytea          not null,
      verdict       text           not null check (verdict in ('ACCEPTED', 'REJECTED')),
      code          text,
      field         text,
      via           text           not null check (via in ('lane', 'pull')),
      taken_at      timestamptz(3) not null,
      digest        bytea          not null check (length(digest) = 32),
      check ((verdict = 'REJECTED') = (code is not null)),
      primary key (chain_id, lane, sequence),
      foreign key (chain_id, lane) references supervisory.lane
    )`.execute(db);
  await sql`
    create index packet_object on supervisory.packet (object_id, version, revision)`.execute(db);
  await sql`create unique index packet_leaf on supervisory.packet (chain_id, leaf_index)`.execute(
    db,
  );
  await sql`
    create table supervisory.waiting_packet (
      chain_id   text           not null,
      lane       text           not null,
      sequence   bigint         not null check (sequence >= 1),
      envelope   bytea          not null,
      waiting_at timestamptz(3) not null,
      primary key (chain_id, lane, sequence)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'packet' });
  await makeReadWrite(db, { schema, table: 'waiting_packet', canDelete: true });
}

/** One identity, one code; the identity is kept as a keyed digest. */
async function createInvestors(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.investor (
      identity     bytea          primary key check (length(identity) = 32),
      code         text           not null unique check (code ~ '^[QRS][0-9]{9}$'),
      allocated_at timestamptz(3) not null,
      digest       bytea          not null check (length(digest) = 32)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'investor' });
}

async function createEvidence(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table supervisory.evidence (
      id       uuid           primary key,
      chain_id text           not null,
      kind     text           not null,
      code     text           not null,
      detail   text           not null,
      first    bytea          not null,
      second   bytea,
      found_at timestamptz(3) not null,
      digest   bytea          not null check (length(digest) = 32)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'evidence' });
  await sql`
    create table supervisory.sent_resync (
      chain_id text           not null,
      lane     text           not null,
      from_seq bigint         not null,
      sent_at  timestamptz(3) not null,
      primary key (chain_id, lane)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'sent_resync', canDelete: true });
}

/** What cannot be derived again is checked by a digest over the row, in a session-proof form. */
async function createRowDigests(db: Kysely<unknown>): Promise<void> {
  const digested = {
    market_header: [
      'r.chain_id',
      'r.height',
      "encode(r.header, 'hex')",
      "encode(r.header_hash, 'hex')",
      'r.tree_size',
      'r.certificate',
      'r.via',
      'extract(epoch from r.accepted_at)',
    ],
    packet: [
      'r.chain_id',
      'r.lane',
      'r.sequence',
      "encode(r.packet_hash, 'hex')",
      "encode(r.record_hash, 'hex')",
      "encode(r.record, 'hex')",
      'r.leaf_index',
      'r.height',
      'r.object_id',
      'r.version',
      'r.revision',
      'r.class',
      'r.operation',
      "encode(r.snapshot_hash, 'hex')",
      "encode(r.snapshot, 'hex')",
      'r.verdict',
      'r.code',
      'r.field',
      'r.via',
      'extract(epoch from r.taken_at)',
    ],
    investor: ["encode(r.identity, 'hex')", 'r.code', 'extract(epoch from r.allocated_at)'],
    evidence: [
      'r.id',
      'r.chain_id',
      'r.kind',
      'r.code',
      'r.detail',
      "encode(r.first, 'hex')",
      "encode(r.second, 'hex')",
      'extract(epoch from r.found_at)',
    ],
  };
  for (const [table, columns] of Object.entries(digested)) {
    const digest = sql.id(schema, `${table}_digest`);
    const fill = sql.id(schema, `fill_${table}_digest`);
    await sql`
      create function ${digest}(r supervisory.${sql.id(table)}) returns bytea
      language sql stable as $$
        select sha256(convert_to(row(${sql.raw(columns.join(', '))})::text, 'UTF8'))
      $$`.execute(db);
    await sql`
      create function ${fill}() returns trigger language plpgsql as $$
      begin
        new.digest := ${digest}(new);
        return new;
      end $$`.execute(db);
    await sql`
      create trigger fill_digest before insert on supervisory.${sql.id(table)}
      for each row execute function ${fill}()`.execute(db);
    await sql`grant execute on function ${digest} to supervisory, auditor`.execute(db);
    await sql`grant execute on function ${fill} to supervisory`.execute(db);
  }
}
