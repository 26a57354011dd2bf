/** Events of settlement's books: sequence, facts and outbox row in one call. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface PinnedReference {
  readonly path: string;
  readonly objectId: string;
  readonly version: string;
}

export interface NewFact {
  readonly objectId: string;
  readonly version: string;
  readonly revision: string;
  readonly operation: 'create' | 'update' | 'overwrite';
  readonly refs: readonly PinnedReference[];
  /** 32 hexadecimal digits. */
  readonly salt: string;
  readonly figures: Readonly<Record<string, string>>;
}

export interface NewEvent {
  readonly eventId: Uuid;
  readonly securityId: Uuid;
  readonly kind: 'transfer-settled' | 'transfer-reversed' | 'object-corrected';
  readonly businessDate: LocalDate;
  readonly transferId: Uuid;
  readonly journalId?: Uuid;
  readonly fact: NewFact;
}

/** Locks the books, in security order, until the transaction ends. */
export async function appendEvents(
  tx: Executor,
  events: readonly NewEvent[],
  recordedAt: Instant,
): Promise<void> {
  await sql`
    select event_id from append_events(${JSON.stringify(events)}::jsonb,
      ${recordedAt}::timestamptz)`.execute(tx);
}
