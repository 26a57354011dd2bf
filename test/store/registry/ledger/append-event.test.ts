// Appending to a book: gap-free sequences, one business key once, append-only tables.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import {
  appendEvent,
  type NewEvent,
} from '../../../../services/registry/repositories/event-repository.ts';
import { objectIdOf } from '../../../../services/registry/domain/object-fact.ts';
import { type LedgerStore, openLedgerStore } from './ledger-store.ts';

let store: LedgerStore;

beforeAll(async () => {
  store = await openLedgerStore();
});
afterAll(async () => {
  await store.drop();
});

const partiesEvent = (businessKey: string, facts: NewEvent['facts'] = []): NewEvent => ({
  book: 'parties',
  kind: 'subject-registered',
  effectiveOn: '2026-11-24' as LocalDate,
  recordedAt: '2026-11-24T02:00:00.000Z' as Instant,
  actor: 'person:maker',
  businessKey,
  payloadHash: new Uint8Array(32),
  facts,
});

const subjectFact = (id = newUuid()): NewEvent['facts'][number] => ({
  objectId: objectIdOf('subject', id),
  version: 0n,
  revision: 0n,
  class: 'subject',
  operation: 'create',
  keyOwner: { kind: 'subject', id },
  references: [],
  figures: { kind: 'person' },
});

const append = (event: NewEvent) => store.db.transaction().execute((tx) => appendEvent(tx, event));

describe('appending an event', () => {
  it('gives consecutive sequences of the book, also to writers at once', async () => {
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, at) => append(partiesEvent(`at-once-${at}`, [subjectFact()]))),
    );
    const sequences = appended.map((event) => event.sequence).sort((a, b) => (a < b ? -1 : 1));
    const [first = 0n] = sequences;
    expect(sequences).toEqual(Array.from({ length: 20 }, (_, at) => first + BigInt(at)));
  });

  it('splits more than a thousand objects into events with consecutive sequences', async () => {
    const facts = Array.from({ length: 1_001 }, () => subjectFact());
    const { events } = await append(partiesEvent('many-objects', facts));
    expect(events).toHaveLength(2);
    const [one, two] = events;
    expect(two?.sequence).toBe((one?.sequence ?? 0n) + 1n);
    const counted = await sql<{ count: bigint }>`
      select count(*) as count from object_fact
      where event_id = ${two?.eventId}`.execute(store.db);
    expect(counted.rows[0]?.count).toBe(1n);
  });

  it('refuses a second event under one business key and leaves no gap behind', async () => {
    const first = await append(partiesEvent('once'));
    await expect(append(partiesEvent('once'))).rejects.toThrow('journal_business_key_key');
    const next = await append(partiesEvent('twice'));
    expect(next.sequence).toBe(first.sequence + 1n);
  });

  it.each(['journal', 'posting', 'holding_history', 'object_fact', 'trade', 'claim_set'])(
    'lets nobody change or delete a row of %s',
    async (table) => {
      for (const statement of [
        sql`update ${sql.id(table)} set digest = digest`,
        sql`delete from ${sql.id(table)}`,
      ]) {
        await expect(statement.execute(store.db)).rejects.toThrow(/permission denied|append-only/);
      }
    },
  );

  it('never lets recorded time run back within a book', async () => {
    await append({ ...partiesEvent('later'), recordedAt: '2026-11-24T05:00:00.000Z' as Instant });
    const { eventId } = await append(partiesEvent('earlier'));
    const row = await sql<{ recorded_at: Instant }>`
      select recorded_at from journal where event_id = ${eventId}`.execute(store.db);
    expect(row.rows[0]?.recorded_at).toBe('2026-11-24T05:00:00.000Z');
  });
});
