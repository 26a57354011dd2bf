// Figures for the status page.
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';
import { MESSAGE_REFUSED } from './evidence-repository.ts';

export interface StatusRow {
  readonly final_height: bigint;
  readonly tree_size: bigint;
  readonly sent_height: bigint;
  readonly checkpoint_height: bigint;
  readonly supervisory_height: bigint;
  readonly facts: bigint;
  readonly unreceipted: bigint;
  readonly rejected: bigint;
  readonly packets: bigint;
  readonly receipts: bigint;
  readonly oldest_unreceipted: Instant | null;
  readonly oldest_unchained: Instant | null;
  readonly waiting: bigint;
  readonly longest_waiting: Instant | null;
  readonly faulty: bigint;
  readonly gaps: bigint;
  readonly evidence: bigint;
  readonly refused_messages: bigint;
  readonly last_refused: Instant | null;
  readonly open_codes: bigint;
  readonly refused_codes: bigint;
}

const STATUS = `
  select coalesce((select max(height) from chain_header), 0) as final_height,
    coalesce((select tree_size from chain_header order by height desc limit 1), 0) as tree_size,
    (select sent_height from relay_state) as sent_height,
    coalesce((select max(height) from checkpoint), 0) as checkpoint_height,
    coalesce((select max(supervisory_height) from receipt), 0) as supervisory_height,
    (select count(*) from fact) as facts,
    (select count(*) from fact_progress p join fact f using (event_id)
      where p.state <> 'receipted' and f.object_count > 0) as unreceipted,
    (select count(*) from fact_progress where state = 'rejected') as rejected,
    (select coalesce(sum(last_sequence), 0)::bigint from lane) as packets,
    (select count(*) from receipt) as receipts,
    (select min(f.received_at) from fact_progress p join fact f using (event_id)
      where p.state in ('posted', 'waiting', 'on-chain') and f.object_count > 0)
      as oldest_unreceipted,
    (select min(f.received_at) from fact_progress p join fact f using (event_id)
      where p.state in ('posted', 'waiting') and f.object_count > 0) as oldest_unchained,
    (select count(*) from append_queue where blocked_on is not null) as waiting,
    (select min(queued_at) from append_queue where blocked_on is not null) as longest_waiting,
    (select count(*) from parked_object) as faulty,
    (select count(*) from inbox_book where highest_sequence > last_sequence) as gaps,
    (select count(*) from evidence) as evidence,
    (select count(*) from evidence where code = '${MESSAGE_REFUSED}') as refused_messages,
    (select max(kept_at) from evidence where code = '${MESSAGE_REFUSED}') as last_refused,
    (select count(*) from investor_code_order where state = 'open') as open_codes,
    (select count(*) from investor_code_order where state = 'refused') as refused_codes`;

export function readStatus(db: Executor): Promise<StatusRow> {
  return preparedOne<StatusRow>(db, 'link_status', STATUS);
}

export interface LaneStatusRow {
  readonly lane: number;
  readonly last_sequence: bigint;
  readonly last_packet_hash: Uint8Array;
  readonly queued: bigint;
  readonly final: bigint;
  readonly sent: bigint;
  readonly seen: bigint;
  readonly rejected: bigint;
}

const LANES = `
  select l.lane, l.last_sequence, l.last_packet_hash,
         coalesce(g.queued, 0) as queued, coalesce(g.final, 0) as final,
         coalesce(g.sent, 0) as sent, coalesce(g.seen, 0) as seen,
         (select count(*) from receipt r where r.lane = l.lane and r.verdict <> 'ACCEPTED') as rejected
    from lane l
    left join (
      select lane, count(*) filter (where state = 'queued') as queued,
             count(*) filter (where state = 'final') as final,
             count(*) filter (where state = 'sent') as sent,
             count(*) filter (where state = 'seen') as seen
        from packet_progress where state <> 'resulted' group by lane) g using (lane)
   order by l.lane`;

export function readLanes(db: Executor): Promise<LaneStatusRow[]> {
  return prepared<LaneStatusRow>(db, 'link_lanes', LANES);
}

/** Packets without a RESULT. */
export function backlogOf(row: LaneStatusRow): bigint {
  return row.queued + row.final + row.sent + row.seen;
}
