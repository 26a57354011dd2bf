/** Appends events to the books of the registry: sequence, journal, facts and outbox in one call. */
import { randomBytes } from 'node:crypto';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';

/** `parties` for subjects and accounts; a product stands in the book of its security. */
export type Book = 'parties' | `security:${string}`;

/** Objects of one event on the bus at most; more take consecutive sequences. */
const OBJECTS_MAX = 1_000;

export interface NewEvent {
  readonly book: Book;
  /** Kebab case, past tense: `account-opened`. */
  readonly kind: string;
  readonly effectiveOn: LocalDate;
  readonly recordedAt: Instant;
  /** As `actorKey` of #libs/http gives it. */
  readonly actor: string;
  /** Unique for ever: one business key, one event. */
  readonly businessKey: string;
  /** SM3 of the canonical payload; 32 bytes. */
  readonly payloadHash: Uint8Array;
  /** In the order subject, account, product, transaction report, registration. */
  readonly facts: readonly NewObjectFact[];
  /** Given where the caller needs the id beforehand; else made here. */
  readonly eventId?: Uuid;
  readonly reason?: string;
}

export interface AppendedEvent {
  readonly eventId: Uuid;
  readonly sequence: bigint;
  /** All events, where the objects took more than one. */
  readonly events: readonly { readonly eventId: Uuid; readonly sequence: bigint }[];
}

interface AppendedRow {
  readonly event_id: Uuid;
  readonly sequence: bigint;
}

const APPEND = `
  select event_id, sequence
  from append_event($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9::jsonb, null, $10)
  order by sequence`;

/** Locks the book's row until the transaction ends. */
export async function appendEvent(tx: Executor, event: NewEvent): Promise<AppendedEvent> {
  const count = Math.max(1, Math.ceil(event.facts.length / OBJECTS_MAX));
  const eventIds = Array.from({ length: count }, (_, at) =>
    at === 0 ? (event.eventId ?? newUuid()) : newUuid(),
  );
  const rows = await prepared<AppendedRow>(tx, 'ledger_append_event', APPEND, [
    securityOf(event.book),
    event.kind,
    event.effectiveOn,
    event.recordedAt,
    event.actor,
    event.businessKey,
    Buffer.from(event.payloadHash),
    eventIds,
    JSON.stringify(event.facts.map(toFactJson)),
    event.reason ?? null,
  ]);
  const events = rows.map((row) => ({ eventId: row.event_id, sequence: row.sequence }));
  const [first] = events;
  if (first === undefined) throw new Error('an event was appended without a sequence');
  return { ...first, events };
}

/** The security of a book; null for the book of the parties. */
export function securityOf(book: Book): string | null {
  return book === 'parties' ? null : book.slice('security:'.length);
}

/** Sixteen unpredictable bytes in hexadecimal. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

function toFactJson(fact: NewObjectFact): object {
  return {
    objectId: fact.objectId,
    version: fact.version.toString(),
    revision: fact.revision.toString(),
    class: fact.class,
    operation: fact.operation,
    keyOwnerKind: fact.keyOwner.kind,
    keyOwnerId: fact.keyOwner.id,
    refs: fact.references.map(({ path, objectId, version }) => ({
      path,
      objectId,
      version: version.toString(),
    })),
    salt: newSalt(),
    corrects: fact.corrects?.toString(),
    figures: fact.figures,
  };
}
