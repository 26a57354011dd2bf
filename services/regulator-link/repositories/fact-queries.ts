// Reads for the API: facts with their standing, and where each of their objects is.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Verdict } from '#libs/proof/clear-record.ts';

export type FactState = 'posted' | 'waiting' | 'on-chain' | 'receipted' | 'rejected';

export interface FactRow {
  readonly event_id: string;
  readonly source: 'registry' | 'settlement';
  readonly book: string;
  readonly sequence: bigint;
  readonly type: string;
  readonly business_date: LocalDate;
  readonly recorded_at: Instant;
  readonly received_at: Instant;
  readonly object_count: number;
  readonly state: FactState;
  readonly on_chain: number;
  readonly accepted: number;
  readonly rejected: number;
}

const FACT = `
  select f.event_id::text as event_id, f.source, f.book, f.sequence, f.type, f.business_date,
         f.recorded_at, f.received_at, f.object_count, p.state, p.on_chain, p.accepted, p.rejected
    from fact f join fact_progress p using (event_id)`;

export interface FactFilter {
  readonly state?: FactState | undefined;
  readonly source?: string | undefined;
  readonly book?: string | undefined;
  /** Event id of the last fact seen. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const LIST = `${FACT}
   where ($1::text is null or p.state = $1) and ($2::text is null or f.source = $2)
     and ($3::text is null or f.book = $3) and ($4::uuid is null or f.event_id < $4)
   order by f.event_id desc limit $5`;

/** Newest first: event ids rise with time. */
export function listFactRows(db: Executor, filter: FactFilter): Promise<FactRow[]> {
  const { state, source, book, before, limit } = filter;
  return prepared<FactRow>(db, 'link_list_facts', LIST, [
    state ?? null,
    source ?? null,
    book ?? null,
    before ?? null,
    limit,
  ]);
}

export async function findFact(db: Executor, eventId: string): Promise<FactRow | undefined> {
  const sql = `${FACT} where f.event_id = $1`;
  const [row] = await prepared<FactRow>(db, 'link_find_fact', sql, [eventId]);
  return row;
}

export interface FactObjectRow {
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly class: 'subject';
  readonly operation: 'create';
  readonly sm3: Uint8Array;
  readonly snapshot_hash: Uint8Array | null;
  readonly blocked_on: string | null;
  readonly fault: string | null;
  readonly fault_field: string | null;
  readonly packet_state: 'queued' | 'final' | 'sent' | 'seen' | 'resulted' | null;
  readonly lane: number | null;
  readonly sequence: bigint | null;
  readonly packet_hash: Uint8Array | null;
  readonly height: bigint | null;
  readonly leaf_index: bigint | null;
  readonly verdict: Verdict | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly investor_code: string | null;
  readonly supervisory_height: bigint | null;
  readonly receipted_at: Instant | null;
}

const OBJECTS = `
  select a.object_id, a.version, a.revision, a.class, a.operation, a.sm3, s.snapshot_hash,
         q.blocked_on, x.code as fault, x.field as fault_field, g.state as packet_state, p.lane,
         p.sequence, p.packet_hash, g.height, g.leaf_index, r.verdict, r.code, r.field,
         r.investor_code, r.supervisory_height, r.received_at as receipted_at
    from announced_object a
    left join sealed_object s using (object_id, version, revision)
    left join append_queue q using (object_id, version, revision)
    left join parked_object x using (object_id, version, revision)
    left join packet p using (object_id, version, revision)
    left join packet_progress g on g.lane = p.lane and g.sequence = p.sequence
    left join receipt r on r.lane = p.lane and r.sequence = p.sequence
   where a.event_id = $1 order by a.line`;

export function factObjects(db: Executor, eventId: string): Promise<FactObjectRow[]> {
  return prepared<FactObjectRow>(db, 'link_fact_objects', OBJECTS, [eventId]);
}
