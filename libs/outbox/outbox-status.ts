/** How far the outbox lags, for alarms and the status pages. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';

export interface OutboxStatus {
  readonly waiting: bigint;
  /** Age of the oldest event that is not published; undefined when none waits. */
  readonly oldestWaitingMs: number | undefined;
  readonly parked: readonly ParkedBook[];
}

export interface ParkedBook {
  readonly book: string;
  readonly sequence: bigint;
  readonly eventId: string;
  readonly reason: string;
  readonly attempts: number;
}

export async function readOutboxStatus(db: QueryExecutorProvider): Promise<OutboxStatus> {
  const lag = await sql<{ waiting: string; oldest_ms: number | null }>`
    select count(*)::text as waiting,
           (extract(epoch from clock_timestamp() - min(recorded_at)) * 1000)::float8 as oldest_ms
      from outbox where state <> 'published'`.execute(db);
  const parked = await sql<{
    book: string;
    sequence: string;
    event_id: string;
    reason: string;
    attempts: number;
  }>`
    select book, sequence::text as sequence, event_id::text as event_id, reason, attempts
      from outbox_parked order by parked_at limit 100`.execute(db);
  return {
    waiting: BigInt(lag.rows[0]?.waiting ?? '0'),
    oldestWaitingMs: lag.rows[0]?.oldest_ms ?? undefined,
    parked: parked.rows.map((row) => ({
      book: row.book,
      sequence: BigInt(row.sequence),
      eventId: row.event_id,
      reason: row.reason,
      attempts: row.attempts,
    })),
  };
}
