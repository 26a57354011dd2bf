/** Books, postings, slices, holdings and claims, re-derived from the journal and the postings. */
import type { Check } from '#libs/fsck/run-checks.ts';
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';

/** Tables whose rows carry a digest of what nothing else tells, with the key that names a row. */
const digested: Readonly<Record<string, string>> = {
  journal: "'event_id=' || t.event_id",
  posting: "'event_id=' || t.event_id || ' line=' || t.line",
  holding_history:
    "concat('security_id=', t.security_id, ' account_id=', t.account_id, ' nature=', t.nature, ' version=', t.version)",
  claim: "'id=' || t.id",
  claim_set: "'id=' || t.id",
  trade: "'event_id=' || t.event_id",
  object_fact: "'event_id=' || t.event_id || ' line=' || t.line",
  holder_place: "'security_id=' || t.security_id || ' subject_id=' || t.subject_id",
  data_key: "'owner_kind=' || t.owner_kind || ' owner_id=' || t.owner_id",
  object_pack: "'event_id=' || t.event_id",
  subject: "'id=' || t.id",
  holder_identity: "'subject_id=' || t.subject_id || ' identity=' || encode(t.identity, 'hex')",
  beneficial_owner: "'subject_id=' || t.subject_id || ' line=' || t.line",
  account: "'id=' || t.id",
  issuer: "'subject_id=' || t.subject_id",
  security: "'id=' || t.id",
  holder_exemption: "'id=' || t.id",
  suitability_evidence: "'id=' || t.id",
  document: "'id=' || t.id",
  roster_import: "'id=' || t.id",
  rule_parameter: "'id=' || t.id",
  share_nature: "'code=' || t.code",
  trading_calendar: "'date=' || t.date",
  business_day: "'business_date=' || t.business_date",
};

function digestChecks(): readonly Check<unknown>[] {
  const checks = Object.entries(digested).map(([table, key]) =>
    checkBySql(
      `digests of ${table}`,
      table,
      `select ${key} as key, 'digest' as column, encode(t.digest, 'hex') as expected,
         encode(${table}_digest(t), 'hex') as found
       from ${table} t where t.digest <> ${table}_digest(t)`,
    ),
  );
  const limits = checkBySql(
    'digests of holder limits',
    'security_state',
    `select 'security_id=' || t.security_id as key, 'limit_digest' as column,
       encode(t.limit_digest, 'hex') as expected,
       encode(security_state_digest(t), 'hex') as found
     from security_state t where t.limit_digest <> security_state_digest(t)`,
  );
  return [...checks, limits];
}

/** A sequence that is missing, a line that is missing, entries of no event. */
const sequences: readonly Check<unknown>[] = [
  checkBySql(
    'gap-free books',
    'journal',
    `select 'event_id=' || j.event_id as key, 'sequence' as column, j.expected::text,
       j.sequence::text as found
     from (select event_id, sequence,
             row_number() over (partition by security_id order by sequence) as expected
           from journal) j
     where j.sequence <> j.expected`,
  ),
  checkBySql(
    'lines of postings',
    'posting',
    `select 'event_id=' || p.event_id || ' line=' || p.line as key, 'line' as column,
       p.expected::text, p.line::text as found
     from (select event_id, line,
             row_number() over (partition by event_id order by line) as expected
           from posting) p
     where p.line <> p.expected
     union all
     select 'event_id=' || p.event_id || ' line=' || p.line, 'security_id',
       coalesce(j.security_id::text, 'an event of the journal'), p.security_id::text
     from posting p left join journal j on j.event_id = p.event_id
     where j.security_id is distinct from p.security_id`,
  ),
  checkBySql(
    'postings sum to zero',
    'posting',
    `select 'event_id=' || event_id || ' nature=' || nature as key, 'delta' as column,
       '0' as expected, sum(delta)::text as found
     from posting group by event_id, security_id, nature having sum(delta) <> 0`,
  ),
  checkBySql(
    'running totals of slices',
    'posting',
    `select 'event_id=' || p.event_id || ' line=' || p.line as key, 'after' as column,
       p.expected::text, p.after::text as found
     from (select p.event_id, p.line, p.after, sum(p.delta) over (
             partition by p.security_id, p.account_id, p.nature,
               case when s.issue_account_id = p.account_id then null else p.lot end, p.claim_set
             order by j.sequence, p.line) as expected
           from posting p join journal j on j.event_id = p.event_id
           join security_state s on s.security_id = p.security_id) p
     where p.after <> p.expected`,
  ),
];

const SLICE_SUMS = `
  select p.security_id, p.account_id, p.nature, p.lot, p.claim_set, sum(p.delta) as quantity,
    case when p.claim_set = 0 then 0 when p.claim_set > 0 then 1
         else (select c.mask from claim_set c where c.id = -p.claim_set) end as mask
  from posting p
  where not exists (select 1 from security_state s where s.issue_account_id = p.account_id)
  group by p.security_id, p.account_id, p.nature, p.lot, p.claim_set
  having sum(p.delta) <> 0`;

const slices = checkBySql(
  'slices from postings',
  'slice',
  comparison({
    expected: SLICE_SUMS,
    found: 'select security_id, account_id, nature, lot, claim_set, quantity, mask from slice',
    keys: ['security_id', 'account_id', 'nature', 'lot', 'claim_set'],
    columns: ['quantity', 'mask'],
  }),
);

/** A holding given away whole stays, with nothing in it: its registration goes on. */
const holdings = checkBySql(
  'holdings from slices, history and facts',
  'holding',
  comparison({
    expected: `
      select y.security_id, y.account_id, y.nature, a.subject_id, y.version,
        r.id as registration_id, coalesce(sum(s.quantity), 0) as total,
        coalesce(sum(s.quantity) filter (where s.mask = 0), 0) as free,
        coalesce(sum(s.quantity) filter (where s.mask & 14 = 0), 0) as available,
        coalesce(sum(s.quantity) filter (where s.mask & 1 <> 0), 0) as reserved,
        coalesce(sum(s.quantity) filter (where s.mask & 4 <> 0), 0) as pledged,
        coalesce(sum(s.quantity) filter (where s.mask & 8 <> 0), 0) as frozen
      from (select security_id, account_id, nature, max(version) as version
            from holding_history group by security_id, account_id, nature) y
      join account a on a.id = y.account_id
      left join (
        select substr(f.object_id, 5)::uuid as id, f.key_owner_id as security_id,
          (f.figures->>'natureCode')::smallint as nature,
          (select substr(x->>'objectId', 5)::uuid from jsonb_array_elements(f.refs) x
           where x->>'path' = 'register_subject_account_ref') as account_id
        from object_fact f
        where f.class = 'registration' and f.version = 0 and f.revision = 0) r
        on r.security_id = y.security_id and r.account_id = y.account_id and r.nature = y.nature
      left join (${SLICE_SUMS}) s on s.security_id = y.security_id
        and s.account_id = y.account_id and s.nature = y.nature
      group by y.security_id, y.account_id, y.nature, a.subject_id, y.version, r.id`,
    found: `select security_id, account_id, nature, subject_id, version, registration_id, total,
      free, available, reserved, pledged, frozen from holding`,
    keys: ['security_id', 'account_id', 'nature'],
    columns: [
      'subject_id',
      'version',
      'registration_id',
      'total',
      'free',
      'available',
      'reserved',
      'pledged',
      'frozen',
    ],
  }),
);

/** Each change in the history is what its event posted, and the figures run on from it. */
const history: readonly Check<unknown>[] = [
  checkBySql(
    'history from postings',
    'holding_history',
    comparison({
      expected: `
        select p.event_id, p.account_id, p.nature, sum(p.delta) as total_change
        from posting p
        where not exists (select 1 from security_state s where s.issue_account_id = p.account_id)
        group by p.event_id, p.account_id, p.nature having sum(p.delta) <> 0`,
      found: 'select event_id, account_id, nature, total_change from holding_history',
      keys: ['event_id', 'account_id', 'nature'],
      columns: ['total_change'],
    }),
  ),
  checkBySql(
    'running figures of the history',
    'holding_history',
    `select concat('security_id=', y.security_id, ' account_id=', y.account_id, ' nature=',
         y.nature, ' version=', y.version) as key, v.name as column, v.expected::text,
       v.found::text
     from (select h.*, row_number() over w - 1 as next_version, sum(h.total_change) over w as t,
             sum(h.available_change) over w as a, sum(h.pledged_change) over w as p,
             sum(h.frozen_change) over w as f
           from holding_history h
           window w as (partition by h.security_id, h.account_id, h.nature order by h.version)) y
     cross join lateral (values ('version', y.next_version, y.version::numeric),
       ('total', y.t, y.total), ('available', y.a, y.available), ('pledged', y.p, y.pledged),
       ('frozen', y.f, y.frozen)) as v (name, expected, found)
     where v.expected <> v.found`,
  ),
];

const claims = checkBySql(
  'claims from the journal',
  'claim',
  comparison({
    expected: `
      select c.id, case j.kind when 'shares-reserved' then 'reserved'
          when 'reservation-committed' then 'committed' when 'shares-delivered' then 'delivered'
          when 'reservation-expired' then 'expired' else 'returned' end as state,
        case when j.kind in ('shares-reserved', 'reservation-committed') then c.asked else 0 end
          as active,
        0 as waiting,
        case when j.kind in ('shares-reserved', 'reservation-committed') then 0 else c.asked end
          as released,
        j.event_id as last_event_id, k.event_id as placed_event_id
      from claim c
      left join (select distinct on (claim_id) claim_id, kind, event_id from journal
                 where claim_id is not null order by claim_id, sequence desc) j
        on j.claim_id = c.id
      left join journal k on k.claim_id = c.id and k.kind = 'shares-reserved'`,
    found: 'select id, state, active, waiting, released, last_event_id, placed_event_id from claim',
    keys: ['id'],
    columns: ['state', 'active', 'waiting', 'released', 'last_event_id', 'placed_event_id'],
  }),
);

export const ledgerChecks: readonly Check<unknown>[] = [
  ...digestChecks(),
  ...sequences,
  slices,
  holdings,
  ...history,
  claims,
];
