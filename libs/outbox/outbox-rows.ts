/** Reads and writes of the outbox tables. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';
import type { OutboxRow } from './outbox-tables.ts';

export interface PendingRow extends OutboxRow {
  /** False when the row before it is missing, which no correct publisher leaves behind. */
  readonly isContiguous: boolean;
}

/** For use cases that append in TypeScript; wakes the relay when the transaction commits. */
export async function appendToOutbox(
  trx: QueryExecutorProvider,
  service: string,
  row: OutboxRow & { readonly recordedAt: string },
): Promise<void> {
  await sql`
    insert into outbox (book, sequence, event_id, topic, recorded_at)
    values (${row.book}, ${row.sequence.toString()}, ${row.eventId}, ${row.topic},
            ${row.recordedAt})
  `.execute(trx);
  await sql`select pg_notify('outbox', ${service})`.execute(trx);
}

export interface RenderedRow extends OutboxRow {
  readonly message: Uint8Array;
}

type Recorded<Row extends OutboxRow> = Omit<Row, 'sequence'> & { readonly sequence: string };

const numbered = <Row extends OutboxRow>(rows: readonly Recorded<Row>[]) =>
  rows.map((row) => ({ ...row, sequence: BigInt(row.sequence) }));

/** What is to be rendered: the books that wait longest first, each in its order. */
export async function takePending(db: QueryExecutorProvider, limit: number): Promise<PendingRow[]> {
  const { rows } = await sql<Recorded<PendingRow>>`
    with waiting as (
      select o.book, min(o.recorded_at) as since
        from outbox o
       where o.state <> 'published' and o.state = 'pending'
         and not exists (
           select from outbox_parked p where p.book = o.book and p.retry_at > clock_timestamp())
       group by o.book order by since, o.book limit ${limit}
    )
    select o.book, o.sequence::text as sequence, o.event_id::text as "eventId", o.topic,
           o.sequence = 1 or exists (
             select from outbox before
              where before.book = o.book and before.sequence = o.sequence - 1) as "isContiguous"
      from waiting w
      cross join lateral (
        select * from outbox
         where outbox.book = w.book and outbox.state <> 'published' and outbox.state = 'pending'
         order by outbox.sequence limit ${limit}) o
     order by w.since, o.book, o.sequence
     limit ${limit}`.execute(db);
  return numbered(rows);
}

/** What is to be published, likewise. */
export async function takeRendered(
  db: QueryExecutorProvider,
  limit: number,
): Promise<RenderedRow[]> {
  const { rows } = await sql<Recorded<RenderedRow>>`
    with waiting as (
      select book, min(recorded_at) as since
        from outbox where state <> 'published' and state = 'rendered'
       group by book order by since, book limit ${limit}
    )
    select o.book, o.sequence::text as sequence, o.event_id::text as "eventId", o.topic, o.message
      from waiting w
      cross join lateral (
        select * from outbox
         where outbox.book = w.book and outbox.state <> 'published' and outbox.state = 'rendered'
         order by outbox.sequence limit ${limit}) o
     order by w.since, o.book, o.sequence
     limit ${limit}`.execute(db);
  return numbered(rows);
}

/** Of the given events those that still are to be rendered, locked for this transaction. */
export async function lockPending(
  trx: QueryExecutorProvider,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ event_id: string }>`
    select event_id::text as event_id from outbox
     where event_id = any (${[...eventIds]}::uuid[]) and state = 'pending'
     order by book, sequence for update`.execute(trx);
  return new Set(rows.map((row) => row.event_id));
}

export async function storeRendered(
  trx: QueryExecutorProvider,
  rendered: readonly { readonly eventId: string; readonly value: Uint8Array }[],
): Promise<void> {
  await sql`
    update outbox o set state = 'rendered', message = r.message
      from unnest(${rendered.map((row) => row.eventId)}::uuid[],
                  ${rendered.map((row) => Buffer.from(row.value))}::bytea[])
           as r(event_id, message)
     where o.event_id = r.event_id and o.state = 'pending'`.execute(trx);
}

export async function markPublished(
  db: QueryExecutorProvider,
  rows: readonly OutboxRow[],
): Promise<void> {
  await sql`
    update outbox set state = 'published', published_at = clock_timestamp()
     where event_id = any (${rows.map((row) => row.eventId)}::uuid[]) and state = 'rendered'
  `.execute(db);
}

/** Parks the book until a later attempt; the wait doubles from 5 s to 5 min. */
export async function parkBook(
  db: QueryExecutorProvider,
  row: OutboxRow,
  reason: string,
): Promise<void> {
  await sql`
    insert into outbox_parked as p (book, sequence, event_id, reason, attempts, parked_at, retry_at)
    values (${row.book}, ${row.sequence.toString()}, ${row.eventId}, ${reason.slice(0, 500)}, 1,
            clock_timestamp(), clock_timestamp() + interval '5 seconds')
    on conflict (book) do update
       set sequence = excluded.sequence, event_id = excluded.event_id, reason = excluded.reason,
           attempts = p.attempts + 1,
           retry_at = clock_timestamp()
                      + least(5 * power(2, least(p.attempts, 10)), 300) * interval '1 second'
  `.execute(db);
}

export async function unparkBooks(
  db: QueryExecutorProvider,
  books: readonly string[],
): Promise<void> {
  await sql`delete from outbox_parked where book = any (${[...books]}::text[])`.execute(db);
}
