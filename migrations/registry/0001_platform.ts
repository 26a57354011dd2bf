/** What every part of the registry's schema relies on: append-only tables and the outbox. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '%.% is append-only', tg_table_schema, tg_table_name
        using errcode = 'restrict_violation';
    end $$`.execute(db);
  await createOutbox(db);
}

async function createOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.outbox (
      book         text        not null check (book <> ''),
      sequence     bigint      not null check (sequence >= 1),
      event_id     uuid        not null unique,
      topic        text        not null,
      state        text        not null default 'pending'
                   check (state in ('pending', 'rendered', 'published')),
      message      bytea       check ((message is null) = (state = 'pending')),
      recorded_at  timestamptz not null,
      published_at timestamptz,
      primary key (book, sequence)
    )`.execute(db);
  await sql`
    create index outbox_unpublished on registry.outbox (book, sequence, recorded_at)
    where state <> 'published'`.execute(db);
  await sql`
    create table registry.outbox_parked (
      book      text        primary key,
      sequence  bigint      not null,
      event_id  uuid        not null,
      reason    text        not null,
      attempts  integer     not null check (attempts >= 1),
      parked_at timestamptz not null,
      retry_at  timestamptz not null
    )`.execute(db);
  await sql`
    create table registry.outbox_origin (
      only_row boolean primary key default true check (only_row),
      origin   text    not null
    )`.execute(db);
  await sql`
    grant select, insert, update on registry.outbox, registry.outbox_parked, registry.outbox_origin
    to registry`.execute(db);
  await sql`grant delete on registry.outbox_parked to registry`.execute(db);
}
