/** What to publish again when the bus is another one than it was. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';
import type { Logger } from '#libs/log/log.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';

const REQUEUE_LIMIT = 10_000;

/** A new or wiped bus knows none of our events: all are published again, repeats fall. */
export async function followOrigin(
  db: QueryExecutorProvider,
  bus: EventBus,
  log: Logger,
): Promise<void> {
  const origin = await bus.origin();
  const { rows } = await sql<{ origin: string }>`select origin from outbox_origin`.execute(db);
  const known = rows[0]?.origin;
  if (known === origin) return;
  if (known !== undefined) {
    log.warn('the bus is another one: every event is published again', { reason: origin });
    while ((await requeueSome(db)) > 0);
  }
  // Last, so that a crash before it starts the requeueing again.
  await sql`
    insert into outbox_origin (origin) values (${origin})
    on conflict (only_row) do update set origin = excluded.origin`.execute(db);
}

async function requeueSome(db: QueryExecutorProvider): Promise<bigint> {
  const { numAffectedRows } = await sql`
    update outbox set state = 'rendered', published_at = null
     where (book, sequence) in (
       select book, sequence from outbox where state = 'published' limit ${REQUEUE_LIMIT})
  `.execute(db);
  return numAffectedRows ?? 0n;
}

/** Publishes the book again from the given sequence on: the cure for a consumer's gap. */
export async function requeueBook(
  db: QueryExecutorProvider,
  from: { readonly book: string; readonly sequence: bigint },
): Promise<bigint> {
  const { numAffectedRows } = await sql`
    update outbox set state = 'rendered', published_at = null
     where book = ${from.book} and sequence >= ${from.sequence.toString()}
       and state = 'published'`.execute(db);
  return numAffectedRows ?? 0n;
}
