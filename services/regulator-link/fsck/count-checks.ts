// What one table of the link says that others say too: counts, ends of lanes and books, queues.
import type { Check } from '#libs/fsck/run-checks.ts';
import { checkBySql } from '#libs/fsck/check-by-sql.ts';

export const countChecks: readonly Check<unknown>[] = [
  checkBySql(
    'facts from what they announced',
    'link.fact',
    `select f.event_id::text as key, 'object_count' as column, count(a.event_id)::text as expected,
            f.object_count::text as found
       from link.fact f left join link.announced_object a using (event_id)
      group by f.event_id, f.object_count having count(a.event_id) <> f.object_count`,
  ),
  checkBySql(
    'books without gaps',
    'link.inbox_book',
    `select b.consumer || '/' || b.book as key, 'last_sequence' as column,
            count(f.event_id)::text as expected, b.last_sequence::text as found
       from link.inbox_book b left join link.fact f on f.book = b.book
      group by b.consumer, b.book, b.last_sequence
     having count(f.event_id) <> b.last_sequence or max(f.sequence) is distinct from
            nullif(b.last_sequence, 0)`,
  ),
  ...['state', 'on_chain', 'accepted', 'rejected'].map((column) =>
    checkBySql(
      `${column} of facts from packets and receipts`,
      'link.fact_progress',
      `select s.event_id::text as key, '${column}' as column, s.${column}::text as expected,
              p.${column}::text as found
         from link.fact_standing s left join link.fact_progress p using (event_id)
        where s.${column} is distinct from p.${column}`,
    ),
  ),
  checkBySql(
    'ends of lanes from packets',
    'link.lane',
    `select l.lane::text as key, 'last_sequence' as column, count(p.lane)::text as expected,
            l.last_sequence::text as found
       from link.lane l left join link.packet p using (lane)
      group by l.lane, l.last_sequence
     having count(p.lane) <> l.last_sequence or coalesce(max(p.sequence), 0) <> l.last_sequence`,
  ),
  checkBySql(
    'last packets of lanes',
    'link.lane',
    `select l.lane::text as key, 'last_packet_hash' as column,
            encode(p.packet_hash, 'hex') as expected, encode(l.last_packet_hash, 'hex') as found
       from link.lane l join link.packet p on p.lane = l.lane and p.sequence = l.last_sequence
      where p.packet_hash <> l.last_packet_hash`,
  ),
  checkBySql(
    'packets have their progress',
    'link.packet_progress',
    `select concat(p.lane, '/', p.sequence) as key, 'row' as column, 'one row' as expected,
            null as found
       from link.packet p left join link.packet_progress g using (lane, sequence)
      where g.lane is null`,
  ),
  checkBySql(
    'states of packets from receipts',
    'link.packet_progress',
    `select concat(g.lane, '/', g.sequence) as key, 'state' as column,
            case when r.lane is null then 'not resulted' else 'resulted' end as expected,
            g.state as found
       from link.packet_progress g left join link.receipt r using (lane, sequence)
      where (r.lane is not null) <> (g.state = 'resulted')`,
  ),
  checkBySql(
    'batches from their records',
    'link.append_batch',
    `select b.batch_id::text as key, 'record_count' as column, count(i.batch_index)::text as expected,
            b.record_count::text as found
       from link.append_batch b
       left join (select batch_id, batch_index from link.packet
                  union all select batch_id, batch_index from link.results_record) i
         using (batch_id)
      group by b.batch_id, b.record_count
     having count(i.batch_index) <> b.record_count or max(i.batch_index) <> b.record_count - 1`,
  ),
  checkBySql(
    'objects are queued until they have a packet',
    'link.append_queue',
    `select concat(s.object_id, '/', s.version, '/', s.revision) as key, 'row' as column,
            case when p.lane is null then 'one row' end as expected,
            case when q.ordinal is not null then 'one row' end as found
       from link.sealed_object s
       left join link.packet p using (object_id, version, revision)
       left join link.append_queue q using (object_id, version, revision)
      where (p.lane is null) <> (q.ordinal is not null)`,
  ),
  checkBySql(
    'events are fetched until all is sealed',
    'link.fetch_queue',
    `select f.event_id::text as key, 'row' as column,
            case when count(a.object_id) > count(s.object_id) then 'one row' end as expected,
            case when q.event_id is not null then 'one row' end as found
       from link.fact f
       left join link.announced_object a using (event_id)
       left join link.sealed_object s using (object_id, version, revision)
       left join link.fetch_queue q on q.event_id = f.event_id
      group by f.event_id, q.event_id
     having (count(a.object_id) > count(s.object_id)) <> (q.event_id is not null)`,
  ),
  checkBySql(
    'results are queued until they are recorded',
    'link.result_queue',
    `select concat(r.lane, '/', r.sequence) as key, 'row' as column,
            case when n.lane is null then 'one row' end as expected,
            case when q.lane is not null then 'one row' end as found
       from link.receipt r
       left join link.recorded_result n using (lane, sequence)
       left join link.result_queue q using (lane, sequence)
      where (n.lane is null) <> (q.lane is not null)`,
  ),
  checkBySql(
    'investor codes from receipts',
    'link.investor_code_order',
    `select r.sequence::text as key, 'investor_code' as column, r.investor_code as expected,
            o.investor_code as found
       from link.receipt r
       full join link.investor_code_order o on o.sequence = r.sequence and r.lane = 1
      where (r.lane = 1 and r.investor_code is not null or o.sequence is not null)
        and (r.investor_code is distinct from o.investor_code
             or r.message_hash is distinct from o.result_hash)`,
  ),
];
