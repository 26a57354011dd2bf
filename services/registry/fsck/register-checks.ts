/** Per security: totals, holders, places, clocks; and the versions of objects against the facts. */
import type { Check } from '#libs/fsck/run-checks.ts';
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';

const states = checkBySql(
  'securities from postings, holdings and journal',
  'security_state',
  comparison({
    expected: `
      select s.id as security_id, a.id as issue_account_id, s.issuer_subject_id,
        s.issued_capital as registered, coalesce(-i.total, 0) as issued,
        coalesce(h.total, 0) as held, coalesce(n.holders, 0) as holders,
        coalesce(n.places, 0) as places, coalesce(j.last_sequence, 0) as last_sequence,
        coalesce(j.last_recorded_at, '-infinity') as last_recorded_at,
        coalesce(j.last_effective_on, '-infinity') as last_effective_on
      from security s
      left join account a on a.security_id = s.id and a.kind = 'issue'
      left join (select p.security_id, p.account_id, sum(p.delta) as total from posting p
                 group by p.security_id, p.account_id) i
        on i.security_id = s.id and i.account_id = a.id
      left join (select security_id, sum(total) as total from holding group by security_id) h
        on h.security_id = s.id
      left join (select security_id, max(sequence) as last_sequence,
                   max(recorded_at) as last_recorded_at, max(effective_on) as last_effective_on
                 from journal group by security_id) j on j.security_id = s.id
      left join (select p.security_id, count(distinct o.identity) filter (where p.held) as holders,
                   count(distinct o.identity) filter (where p.counted) as places
                 from holder_place p join holder_identity o on o.subject_id = p.subject_id
                 group by p.security_id) n on n.security_id = s.id`,
    found: `select security_id, issue_account_id, issuer_subject_id, registered, issued, held,
      holders, places, last_sequence, last_recorded_at, last_effective_on from security_state`,
    keys: ['security_id'],
    columns: [
      'issue_account_id',
      'issuer_subject_id',
      'registered',
      'issued',
      'held',
      'holders',
      'places',
      'last_sequence',
      'last_recorded_at',
      'last_effective_on',
    ],
  }),
);

const partiesBook = checkBySql(
  'the book of the parties from the journal',
  'parties_book',
  comparison({
    expected: `
      select true as only_row, coalesce(max(sequence), 0) as last_sequence,
        coalesce(max(recorded_at), '-infinity') as last_recorded_at
      from journal where security_id is null`,
    found: 'select only_row, last_sequence, last_recorded_at from parties_book',
    keys: ['only_row'],
    columns: ['last_sequence', 'last_recorded_at'],
  }),
);

/** A place is held by who holds, and awaited where a committed delivery is to come. */
const places = checkBySql(
  'places from holdings and claims',
  'holder_place',
  comparison({
    expected: `
      select x.security_id, x.subject_id, bool_or(x.held) as held,
        bool_or(x.incoming) and (not bool_or(x.held) or p.leaving_by is not null) as awaited,
        case when p.leaving_by is null then null else c.instruction_id end as leaving_by
      from (
        select security_id, subject_id, true as held, false as incoming from holding where total > 0
        union all
        select security_id, buyer_subject_id, false, true from claim where state = 'committed') x
      left join holder_place p on p.security_id = x.security_id and p.subject_id = x.subject_id
      left join claim c on c.instruction_id = p.leaving_by and c.state = 'committed'
        and c.security_id = x.security_id and c.subject_id = x.subject_id
      group by x.security_id, x.subject_id, p.leaving_by, c.instruction_id`,
    found: 'select security_id, subject_id, held, awaited, leaving_by from holder_place',
    keys: ['security_id', 'subject_id'],
    columns: ['held', 'awaited', 'leaving_by'],
  }),
);

const STANDING_TRADES = `
  select t.* from trade t where t.claim_id is not null
    and not exists (select 1 from trade r where r.reverses_event_id = t.event_id)`;

const clocks = checkBySql(
  'trade clocks from trades',
  'trade_clock',
  comparison({
    expected: `
      select security_id, subject_id, max(bought_on) as last_buy_on, max(sold_on) as last_sell_on
      from (
        select security_id, buyer_subject_id as subject_id, traded_on as bought_on,
          null::date as sold_on from (${STANDING_TRADES}) b
        union all
        select security_id, seller_subject_id, null, traded_on from (${STANDING_TRADES}) s) x
      group by security_id, subject_id`,
    found: 'select security_id, subject_id, last_buy_on, last_sell_on from trade_clock',
    keys: ['security_id', 'subject_id'],
    columns: ['last_buy_on', 'last_sell_on'],
  }),
);

const factVersions = checkBySql(
  'contiguous versions of objects',
  'object_fact',
  `select 'object_id=' || f.object_id as key, 'version' as column, f.expected::text,
     f.version::text as found
   from (select object_id, version, revision,
           dense_rank() over (partition by object_id order by version) - 1 as expected
         from object_fact) f
   where f.version <> f.expected
   union all
   select 'object_id=' || r.object_id || ' version=' || r.version, 'revision', r.expected::text,
     r.revision::text
   from (select object_id, version, revision,
           row_number() over (partition by object_id, version order by revision) - 1 as expected
         from object_fact) r
   where r.revision <> r.expected`,
);

/** The versions that subjects, accounts and securities stand at are those last reported. */
const partyVersions = (['subject', 'account', 'security'] as const).map((table) => {
  const prefix = { subject: 'SUB', account: 'ACC', security: 'PRD' }[table];
  const only = table === 'account' ? "where kind in ('securities', 'fund')" : '';
  return checkBySql(
    `reported versions of ${table}`,
    table,
    comparison({
      expected: `
        select distinct on (object_id) substr(object_id, 5) as id, version, revision
        from object_fact where object_id like '${prefix}-%'
        order by object_id, version desc, revision desc`,
      found: `select id::text as id, version, revision from ${table} ${only}`,
      keys: ['id'],
      columns: ['version', 'revision'],
    }),
  );
});

const outbox: readonly Check<unknown>[] = [
  checkBySql(
    'outbox from the journal',
    'outbox',
    comparison({
      expected: `
        select j.event_id, coalesce('security:' || j.security_id, 'parties') as book, j.sequence,
          j.recorded_at, 'registry.events' as topic, p.event_id is not null as rendered
        from journal j left join object_pack p on p.event_id = j.event_id`,
      found: `
        select event_id, book, sequence, recorded_at, topic, state <> 'pending' as rendered
        from outbox`,
      keys: ['event_id'],
      columns: ['book', 'sequence', 'recorded_at', 'topic', 'rendered'],
    }),
  ),
  checkBySql(
    'packs from the journal',
    'object_pack',
    `select 'event_id=' || p.event_id as key, v.name as column, v.expected, v.found
     from object_pack p join journal j on j.event_id = p.event_id
     cross join lateral (values
       ('book', coalesce('security:' || j.security_id, 'parties'), p.book),
       ('sequence', j.sequence::text, p.sequence::text)) as v (name, expected, found)
     where v.expected <> v.found`,
  ),
];

export const registerChecks: readonly Check<unknown>[] = [
  states,
  partiesBook,
  places,
  clocks,
  factVersions,
  ...partyVersions,
  ...outbox,
];
