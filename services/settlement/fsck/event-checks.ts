/** Books, events, facts and outbox, re-derived from settled transfers and their postings. */
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';

const books = checkBySql(
  'books from events',
  'book',
  comparison({
    expected: `select security_id, max(sequence) as last_sequence, max(recorded_at)
      as last_recorded_at from event group by security_id`,
    found: 'select security_id, last_sequence, last_recorded_at from book',
    keys: ['security_id'],
    columns: ['last_sequence', 'last_recorded_at'],
  }),
);

const sequences = checkBySql(
  'gap-free books, dates that never run back',
  'event',
  `select 'event_id=' || e.event_id as key, v.name as column, v.expected, v.found
   from (select e.*, row_number() over w as next_sequence, lag(recorded_at) over w as before_at,
           lag(business_date) over w as before_on
         from event e window w as (partition by security_id order by sequence)) e
   cross join lateral (values
     ('sequence', e.next_sequence::text, e.sequence::text, e.next_sequence = e.sequence),
     ('recorded_at', 'not before ' || e.before_at, e.recorded_at::text,
       e.before_at is null or e.before_at <= e.recorded_at),
     ('business_date', 'not before ' || e.before_on, e.business_date::text,
       e.before_on is null or e.before_on <= e.business_date))
     as v (name, expected, found, agrees)
   where not v.agrees`,
);

const settled = checkBySql(
  'events of settled transfers',
  'event',
  comparison({
    expected: `
      select t.settled_event_id as event_id, t.security_id, t.id as transfer_id,
        case t.kind when 'transfer' then 'transfer-settled' else 'transfer-reversed' end as kind,
        t.delivery->>'businessDate' as business_date, j.id as journal_id
      from transfer t left join money_journal j on j.business_key = 'transfer:' || t.id
      where t.state = 'settled'`,
    found: `select event_id, security_id, transfer_id, kind, business_date::text, journal_id
      from event where kind <> 'object-corrected'`,
    keys: ['event_id'],
    columns: ['security_id', 'transfer_id', 'kind', 'business_date', 'journal_id'],
  }),
);

/** Every version of the object, corrected ones too, tells what was posted. */
const figures = checkBySql(
  'figures of facts from postings',
  'object_fact',
  comparison({
    expected: `
      select e.event_id, t.id as serial, t.amount_fen as amount,
        b.after_fen - b.change_fen as payer_before, b.after_fen as payer_after,
        s.after_fen - s.change_fen as payee_before, s.after_fen as payee_after,
        t.delivery->'references'->'product' as product,
        t.delivery->'references'->'transferReport' as report,
        t.delivery->'references'->'buyerFundAccount' as payer,
        t.delivery->'references'->'sellerFundAccount' as payee,
        e.security_id as key_owner_id, floor(extract(epoch from e.recorded_at)) as at_seconds
      from event e join transfer t on t.id = e.transfer_id
      left join money_journal j on j.business_key = 'transfer:' || t.id
      left join money_posting b on b.journal_id = j.id and b.line = 1
      left join money_posting s on s.journal_id = j.id and s.line = 2`,
    found: `
      select f.event_id, f.figures->>'serialNumber' as serial, f.figures->>'amountFen' as amount,
        f.figures->>'payerBeforeFen' as payer_before, f.figures->>'payerAfterFen' as payer_after,
        f.figures->>'payeeBeforeFen' as payee_before, f.figures->>'payeeAfterFen' as payee_after,
        f.refs->0 #- '{path}' as product, f.refs->1 #- '{path}' as report,
        f.refs->2 #- '{path}' as payer, f.refs->3 #- '{path}' as payee,
        f.key_owner_id, f.at_seconds
      from object_fact f`,
    keys: ['event_id'],
    columns: [
      'serial',
      'amount',
      'payer_before',
      'payer_after',
      'payee_before',
      'payee_after',
      'product',
      'report',
      'payer',
      'payee',
      'key_owner_id',
      'at_seconds',
    ],
  }),
);

const versions = checkBySql(
  'contiguous versions of objects',
  'object_fact',
  `select 'object_id=' || f.object_id as key, v.name as column, v.expected::text, v.found::text
   from (select f.*, dense_rank() over (partition by object_id order by version) - 1 as next,
           row_number() over (partition by object_id, version order by revision) - 1 as next_revision
         from object_fact f) f
   cross join lateral (values ('version', f.next, f.version),
     ('revision', f.next_revision, f.revision)) as v (name, expected, found)
   where v.expected <> v.found`,
);

const outbox = checkBySql(
  'outbox from events',
  'outbox',
  comparison({
    expected: `
      select e.event_id, 'settlement:' || e.security_id as book, e.sequence, e.recorded_at,
        'settlement.events' as topic, p.event_id is not null as rendered
      from event e left join object_pack p on p.event_id = e.event_id`,
    found: `select event_id, book, sequence, recorded_at, topic, state <> 'pending' as rendered
      from outbox`,
    keys: ['event_id'],
    columns: ['book', 'sequence', 'recorded_at', 'topic', 'rendered'],
  }),
);

export const eventChecks: readonly Check<unknown>[] = [
  books,
  sequences,
  settled,
  figures,
  versions,
  outbox,
];
