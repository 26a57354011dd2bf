/** Rendered objects, sealed at rest under keys that can be destroyed with their owner. */
import { type Kysely, sql } from 'kysely';
import { createRowDigest } from './ledger/row-digest.ts';

const digested: Readonly<Record<string, readonly string[]>> = {
  data_key: [
    'r.owner_kind',
    'r.owner_id',
    "encode(r.wrapped, 'hex')",
    'extract(epoch from r.created_at)',
    'extract(epoch from r.destroyed_at)',
  ],
  object_pack: [
    'r.event_id',
    'r.book',
    'r.sequence',
    "encode(sha256(r.sealed), 'hex')",
    "encode(r.digests, 'hex')",
    'r.renderer_version',
    'extract(epoch from r.rendered_at)',
  ],
};

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.data_key (
      owner_kind   text           not null check (owner_kind in ('subject', 'security')),
      owner_id     uuid           not null,
      wrapped      bytea          check (octet_length(wrapped) between 32 and 128),
      created_at   timestamptz(3) not null,
      destroyed_at timestamptz(3),
      digest       bytea          not null check (octet_length(digest) = 32),
      check ((wrapped is null) = (destroyed_at is not null)),
      primary key (owner_kind, owner_id)
    )`.execute(db);
  // digests: the SM3 of each object's canonical bytes, 32 bytes each, in the order of the facts.
  await sql`
    create table registry.object_pack (
      event_id         uuid           primary key references registry.journal,
      book             text           not null,
      sequence         bigint         not null check (sequence >= 1),
      sealed           bytea          not null,
      digests          bytea          not null check (octet_length(digests) % 32 = 0),
      renderer_version smallint       not null check (renderer_version >= 1),
      rendered_at      timestamptz(3) not null,
      digest           bytea          not null check (octet_length(digest) = 32),
      unique (book, sequence)
    )`.execute(db);
  await sql`grant select, insert on registry.object_pack to registry`.execute(db);
  await sql`
    create trigger append_only before update or delete or truncate on registry.object_pack
    for each statement execute function registry.refuse_change()`.execute(db);
  await sql`grant select, insert on registry.data_key to registry`.execute(db);
  await sql`
    grant update (wrapped, destroyed_at) on registry.data_key to registry`.execute(db);
  for (const [table, columns] of Object.entries(digested)) {
    await createRowDigest(db, { table, columns, column: 'digest', on: 'insert or update' });
  }
}
