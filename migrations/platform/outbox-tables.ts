/** Frozen tables of libs/outbox, in the form its documentation asks for. Never edit. */
import { type Kysely, sql } from 'kysely';
import { makeReadWrite, type SchemaOption } from './grants.ts';

export async function createOutboxTables(
  db: Kysely<unknown>,
  { schema }: SchemaOption,
): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'outbox')} (
      book         text           not null check (book <> ''),
      sequence     bigint         not null check (sequence >= 1),
      event_id     uuid           not null unique,
      topic        text           not null,
      state        text           not null default 'pending'
                   check (state in ('pending', 'rendered', 'published')),
      message      bytea          check ((message is null) = (state = 'pending')),
      recorded_at  timestamptz(3) not null,
      published_at timestamptz(3),
      primary key (book, sequence)
    )`.execute(db);
  await sql`
    create index outbox_unpublished on ${sql.id(schema, 'outbox')} (book, sequence, recorded_at)
    where state <> 'published'`.execute(db);
  await sql`
    create table ${sql.id(schema, 'outbox_parked')} (
      book      text           primary key,
      sequence  bigint         not null,
      event_id  uuid           not null,
      reason    text           not null,
      attempts  integer        not null check (attempts >= 1),
      parked_at timestamptz(3) not null,
      retry_at  timestamptz(3) not null
    )`.execute(db);
  await sql`
    create table ${sql.id(schema, 'outbox_origin')} (
      only_row boolean primary key default true check (only_row),
      origin   text    not null
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'outbox', canDelete: false });
  await makeReadWrite(db, { schema, table: 'outbox_parked', canDelete: true });
  await makeReadWrite(db, { schema, table: 'outbox_origin', canDelete: false });
}
