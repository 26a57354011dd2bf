/** Business facts as the events announced them, and what is still to be fetched of them. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeReadWrite } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createFacts(db);
  await createAnnouncedObjects(db);
  await createFetchQueue(db);
}

async function createFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.fact (
      event_id      uuid           primary key,
      source        text           not null check (source in ('registry', 'settlement')),
      book          text           not null check (length(book) between 1 and 64),
      sequence      bigint         not null check (sequence >= 1),
      type          text           not null check (length(type) between 1 and 128),
      business_date date           not null,
      recorded_at   timestamptz(3) not null,
      received_at   timestamptz(3) not null,
      object_count  integer        not null check (object_count between 0 and 1000),
      digest        bytea          not null,
      unique (book, sequence)
    )`.execute(db);
  await digestRows(db, 'fact', {
    event_id: 'text',
    source: 'text',
    book: 'text',
    sequence: 'text',
    type: 'text',
    business_date: 'date',
    recorded_at: 'instant',
    received_at: 'instant',
    object_count: 'text',
  });
  await makeAppendOnly(db, { schema, table: 'fact' });
}

async function createAnnouncedObjects(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.announced_object (
      event_id  uuid     not null references link.fact,
      line      smallint not null check (line >= 1),
      object_id text     not null check (object_id ~ '^[A-Z]{3}-[0-9a-f-]{36}$'),
      version   integer  not null check (version >= 0),
      revision  integer  not null check (revision >= 0),
      class     text     not null check (class in (
                  'subject', 'account', 'product', 'transactionreport', 'registration', 'settlement')),
      operation text     not null check (operation in ('create', 'update', 'overwrite', 'delete')),
      sm3       bytea    not null check (length(sm3) = 32),
      digest    bytea    not null,
      primary key (object_id, version, revision),
      unique (event_id, line)
    )`.execute(db);
  await digestRows(db, 'announced_object', {
    event_id: 'text',
    line: 'text',
    object_id: 'text',
    version: 'text',
    revision: 'text',
    class: 'text',
    operation: 'text',
    sm3: 'bytes',
  });
  await makeAppendOnly(db, { schema, table: 'announced_object' });
}

/** An event leaves it when all of its objects are sealed. */
async function createFetchQueue(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.fetch_queue (
      source   text           not null,
      book     text           not null,
      sequence bigint         not null,
      event_id uuid           not null unique references link.fact,
      attempts integer        not null default 0 check (attempts >= 0),
      retry_at timestamptz(3) not null,
      primary key (book, sequence)
    )`.execute(db);
  await sql`create index fetch_queue_due on link.fetch_queue (retry_at, book, sequence)`.execute(
    db,
  );
  await makeReadWrite(db, { schema, table: 'fetch_queue', canDelete: true });
}
