// A publishing and consuming service's database, with a table that shows each effect.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createDatabase } from '#libs/db/database.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { startBookConsumer } from '#libs/inbox/book-consumer.ts';
import type { BookConsumerOptions } from '#libs/inbox/book-consumer.ts';
import type { RunningConsumer } from '#libs/inbox/consumer.ts';
import { appendToOutbox } from '#libs/outbox/outbox-rows.ts';
import type { OutboxRow } from '#libs/outbox/outbox-tables.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import type { Relay, Rendering } from '#libs/outbox/relay.ts';
import { createMessagingTables } from '../../support/messaging-tables.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { silent } from './buses.ts';
import { until } from './waiting.ts';

export interface Effects {
  effect: { book: string; sequence: bigint; event_id: string };
  pack: { event_id: string; bytes: Buffer };
}

export interface TestEvent {
  readonly book: string;
  readonly sequence: bigint;
  readonly eventId: string;
}

export interface Store {
  readonly pool: pg.Pool;
  readonly db: Database<Effects>;
  append(topic: string, book: string, from: number, to: number): Promise<void>;
  /** `book:sequence` of each effect in the order in which it was written. */
  effects(): Promise<string[]>;
  untilEffects(count: number, timeoutMs?: number): Promise<void>;
  /** Ends the session that holds the lock, as the death of its process would. */
  killLeader(lockName: string): Promise<void>;
  close(): Promise<void>;
}

export async function openStore(): Promise<Store> {
  const database = await createTestDatabase();
  const pool = createPool({
    connectionString: database.superuserUrl,
    schema: 'public',
    applicationName: 'test-store',
    connectionsMax: 20,
  });
  await createMessagingTables(pool);
  // No unique constraint: a doubled effect must show, not be refused.
  await pool.query(`create table effect (
    id bigint generated always as identity, book text, sequence bigint, event_id text)`);
  await pool.query('create table pack (event_id uuid primary key, bytes bytea not null)');
  const db = createDatabase<Effects>(pool);
  const effects = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ at: string }>(
      `select book || ':' || sequence as at from effect order by id`,
    );
    return rows.map((row) => row.at);
  };
  return {
    pool,
    db,
    effects,
    append: async (topic, book, from, to) => {
      for (let sequence = BigInt(from); sequence <= BigInt(to); sequence += 1n) {
        const row = { book, sequence, eventId: randomUUID(), topic };
        await db
          .transaction()
          .execute((trx) =>
            appendToOutbox(trx, 'tester', { ...row, recordedAt: '2026-03-02T01:00:00.000Z' }),
          );
      }
    },
    untilEffects: (count, timeoutMs) =>
      until(`${count} effects`, async () => (await effects()).length >= count, timeoutMs),
    killLeader: async (lockName) => {
      await pool.query(
        `select pg_terminate_backend(pid) from pg_locks
          where locktype = 'advisory'
            and (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)`,
        [lockName],
      );
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

export function renderEvents(rows: readonly OutboxRow[]): Rendering[] {
  return rows.map(({ book, sequence, eventId }) => ({
    eventId,
    ok: true,
    value: Buffer.from(JSON.stringify({ book, sequence: sequence.toString(), eventId })),
  }));
}

export function relayOf(
  store: Store,
  bus: EventBus,
  render: (trx: Tx<Effects>, rows: readonly OutboxRow[]) => Promise<readonly Rendering[]> = (
    _,
    rows,
  ) => Promise.resolve(renderEvents(rows)),
): Relay {
  return startRelay<Effects>({
    pool: store.pool,
    bus,
    log: silent,
    service: 'tester',
    render,
    maxBatch: 20,
  });
}

export function consumerOf(
  store: Store,
  bus: EventBus,
  topic: string,
  overrides: Partial<BookConsumerOptions<Effects, TestEvent>> = {},
): RunningConsumer {
  return startBookConsumer<Effects, TestEvent>({
    pool: store.pool,
    bus,
    log: silent,
    consumer: 'taker',
    topic,
    decode: ({ value }) => decodeEvent(value),
    effect: recordEffects,
    ...overrides,
  });
}

export async function recordEffects(trx: Tx<Effects>, events: readonly TestEvent[]): Promise<void> {
  for (const { book, sequence, eventId } of events) {
    await trx.insertInto('effect').values({ book, sequence, event_id: eventId }).execute();
  }
}

function decodeEvent(value: Uint8Array): {
  position: { book: string; sequence: bigint };
  event: TestEvent;
} {
  const read: unknown = JSON.parse(Buffer.from(value).toString('utf8'));
  const { book, sequence, eventId } = read as Record<string, string>;
  if (book === undefined || sequence === undefined || eventId === undefined) {
    throw new Error('not an event of the tests');
  }
  const position = { book, sequence: BigInt(sequence) };
  return { position, event: { ...position, eventId } };
}

export function eventMessage(book: string, sequence: number): { key: string; value: Buffer } {
  const event = { book, sequence: `${sequence}`, eventId: `${book}-${sequence}` };
  return { key: book, value: Buffer.from(JSON.stringify(event)) };
}
