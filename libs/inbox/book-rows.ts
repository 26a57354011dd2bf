/** Reads and writes of the inbox's book tables. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';
import type { ReceivedMessage } from './book-consumer.ts';
import type { BookPosition } from './inbox-tables.ts';

export interface BookPlace {
  last: bigint;
  highest: bigint;
  hasWaiting: boolean;
}

/** Creates the missing rows and locks all, in one order. */
export async function lockBooks(
  trx: QueryExecutorProvider,
  consumer: string,
  books: readonly string[],
): Promise<Map<string, BookPlace>> {
  const names = [...new Set(books)].sort();
  await sql`
    insert into inbox_book (consumer, book, last_sequence, highest_sequence)
    select ${consumer}, book, 0, 0 from unnest(${names}::text[]) as b(book)
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<{ book: string; last: string; highest: string }>`
    select book, last_sequence::text as last, highest_sequence::text as highest
      from inbox_book where consumer = ${consumer} and book = any (${names}::text[])
     order by book for update`.execute(trx);
  return new Map(
    rows.map((row) => {
      const last = BigInt(row.last);
      const highest = BigInt(row.highest);
      return [row.book, { last, highest, hasWaiting: highest > last }];
    }),
  );
}

/** The last event taken of each book; none is 0. */
export async function readBookPositions(
  db: QueryExecutorProvider,
  consumer: string,
  books: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ book: string; last: string }>`
    select b.book, coalesce(i.last_sequence, 0)::text as last
      from unnest(${[...books]}::text[]) as b(book)
      left join inbox_book i on i.consumer = ${consumer} and i.book = b.book`.execute(db);
  return new Map(rows.map((row) => [row.book, BigInt(row.last)]));
}

export async function saveBooks(
  trx: QueryExecutorProvider,
  consumer: string,
  books: ReadonlyMap<string, BookPlace>,
): Promise<void> {
  const places = [...books.values()];
  await sql`
    update inbox_book i set last_sequence = b.last, highest_sequence = b.highest
      from unnest(${[...books.keys()]}::text[],
                  ${places.map((place) => place.last.toString())}::bigint[],
                  ${places.map((place) => place.highest.toString())}::bigint[])
           as b(book, last, highest)
     where i.consumer = ${consumer} and i.book = b.book`.execute(trx);
}

export async function storeWaiting(
  trx: QueryExecutorProvider,
  consumer: string,
  { book, sequence }: BookPosition,
  message: ReceivedMessage,
): Promise<void> {
  await sql`
    insert into inbox_waiting (consumer, book, sequence, key, value, headers, received_at)
    values (${consumer}, ${book}, ${sequence.toString()}, ${message.key},
            ${Buffer.from(message.value)}, ${JSON.stringify(message.headers)}::jsonb,
            clock_timestamp())
    on conflict do nothing`.execute(trx);
}

interface WaitingRecord {
  readonly sequence: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** Removes and returns the unbroken run that follows `last`; repeats below it go too. */
export async function takeOutWaiting(
  trx: QueryExecutorProvider,
  consumer: string,
  book: string,
  last: bigint,
): Promise<ReceivedMessage[]> {
  const { rows } = await sql<WaitingRecord>`
    select w.sequence::text as sequence, w.key, w.value, w.headers from inbox_waiting w
     where w.consumer = ${consumer} and w.book = ${book} and w.sequence > ${last.toString()}
     order by w.sequence`.execute(trx);
  const run: ReceivedMessage[] = [];
  for (const { sequence, key, value, headers } of rows) {
    if (BigInt(sequence) !== last + BigInt(run.length) + 1n) break;
    run.push({ key, value, headers });
  }
  await sql`
    delete from inbox_waiting
     where consumer = ${consumer} and book = ${book}
       and sequence <= ${(last + BigInt(run.length)).toString()}`.execute(trx);
  return run;
}

export interface BookGap {
  readonly book: string;
  readonly lastSequence: bigint;
  readonly highestSequence: bigint;
}

/** Books in which something is missing: an alarm, and where to publish again from. */
export async function readBookGaps(
  db: QueryExecutorProvider,
  consumer: string,
): Promise<BookGap[]> {
  const { rows } = await sql<{ book: string; last: string; highest: string }>`
    select book, last_sequence::text as last, highest_sequence::text as highest
      from inbox_book where consumer = ${consumer} and highest_sequence > last_sequence
     order by inbox_book.book limit 100`.execute(db);
  return rows.map((row) => ({
    book: row.book,
    lastSequence: BigInt(row.last),
    highestSequence: BigInt(row.highest),
  }));
}
