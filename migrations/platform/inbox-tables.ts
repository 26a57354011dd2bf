/** Frozen tables of libs/inbox, in the form its documentation asks for. Never edit. */
import { type Kysely, sql } from 'kysely';
import { makeReadWrite, type SchemaOption } from './grants.ts';

/** Where each consumer stands in each partition. */
export async function createConsumerOffset(
  db: Kysely<unknown>,
  { schema }: SchemaOption,
): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'consumer_offset')} (
      consumer    text    not null,
      topic       text    not null,
      partition   integer not null check (partition >= 0),
      origin      text    not null,
      next_offset bigint  not null check (next_offset >= 0),
      primary key (consumer, topic, partition)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'consumer_offset', canDelete: false });
}

/** The order within books, for those that consume books. */
export async function createInboxBookTables(
  db: Kysely<unknown>,
  { schema }: SchemaOption,
): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'inbox_book')} (
      consumer         text   not null,
      book             text   not null,
      last_sequence    bigint not null check (last_sequence >= 0),
      highest_sequence bigint not null check (highest_sequence >= last_sequence),
      primary key (consumer, book)
    )`.execute(db);
  await sql`
    create table ${sql.id(schema, 'inbox_waiting')} (
      consumer    text           not null,
      book        text           not null,
      sequence    bigint         not null check (sequence >= 2),
      key         text           not null,
      value       bytea          not null,
      headers     jsonb          not null,
      received_at timestamptz(3) not null,
      primary key (consumer, book, sequence)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'inbox_book', canDelete: false });
  await makeReadWrite(db, { schema, table: 'inbox_waiting', canDelete: true });
}
