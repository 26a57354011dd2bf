/** Where each transfer stands against the steps it took; cycles; approvals behind transfers. */
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { transitions } from '../domain/transfer.ts';

const listed = Object.entries(transitions)
  .flatMap(([kind, pairs]) => pairs.map(([from, to]) => `('${kind}', '${from}', '${to}')`))
  .join(', ');

const transitionTable = checkBySql(
  'permitted transitions',
  'transfer_transition',
  comparison({
    expected: `select kind, from_state, to_state, true as permitted
      from (values ${listed}) as l (kind, from_state, to_state)`,
    found: 'select kind, from_state, to_state, true as permitted from transfer_transition',
    keys: ['kind', 'from_state', 'to_state'],
    columns: ['permitted'],
  }),
);

const states = checkBySql(
  'transfers from their steps',
  'transfer',
  comparison({
    expected: `
      select t.id, l.state, n.steps, n.first_at as created_at
      from transfer t
      left join (select transfer_id, count(*) as steps, min(at) as first_at
                 from transfer_step group by transfer_id) n on n.transfer_id = t.id
      left join (select distinct on (transfer_id) transfer_id, state from transfer_step
                 order by transfer_id, step desc) l on l.transfer_id = t.id`,
    found: 'select id, state, steps, created_at from transfer',
    keys: ['id'],
    columns: ['state', 'steps', 'created_at'],
  }),
);

const steps = checkBySql(
  'steps one by one and as permitted',
  'transfer_step',
  `select 'transfer_id=' || s.transfer_id || ' step=' || s.step as key, v.name as column,
     v.expected, v.found
   from (select s.*, t.kind, row_number() over w as next_step, lag(s.state) over w as before,
           lag(s.at) over w as before_at
         from transfer_step s left join transfer t on t.id = s.transfer_id
         window w as (partition by s.transfer_id order by s.step)) s
   cross join lateral (values
     ('step', s.next_step::text, s.step::text, s.next_step = s.step),
     ('state', 'what may follow ' || coalesce(s.before, 'nothing'), s.state,
       case when s.before is null then s.state = 'approved' else exists (
         select 1 from (values ${listed}) as l (kind, from_state, to_state)
         where l.kind = s.kind and l.from_state = s.before and l.to_state = s.state) end),
     ('at', 'not before ' || s.before_at, s.at::text, s.before_at is null or s.before_at <= s.at))
     as v (name, expected, found, agrees)
   where not v.agrees`,
);

const reversals = checkBySql(
  'reversals against their originals',
  'transfer',
  `select 'id=' || r.id as key, 'original_id' as column,
     'the same settled transfer the other way round' as expected, r.original_id::text as found
   from transfer r left join transfer o on o.id = r.original_id
   where r.kind = 'reversal' and (o.state, o.kind, o.security_id, o.quantity, o.amount_fen,
       o.seller_account_id, o.buyer_account_id, o.seller_fund_account_id, o.buyer_fund_account_id)
     is distinct from ('settled', 'transfer', r.security_id, r.quantity, r.amount_fen,
       r.buyer_account_id, r.seller_account_id, r.buyer_fund_account_id, r.seller_fund_account_id)`,
);

/** A transfer stands in a cycle exactly if a cycle took it. */
const inCycle = checkBySql(
  'cycles of transfers',
  'transfer',
  `select 'id=' || t.id as key, 'cycle_id' as column,
     case when t.is_taken then 'a cycle' else 'none' end as expected, t.cycle_id::text as found
   from (select t.*, exists (select 1 from transfer_step s where s.transfer_id = t.id
           and s.state = 'committing') as is_taken from transfer t) t
   where t.is_taken <> (t.cycle_id is not null)`,
);

const cycles = checkBySql(
  'cycles from their transfers',
  'cycle',
  `select 'id=' || c.id as key, v.name as column, v.expected, v.found
   from (select c.id, c.state, c.started_at, c.ended_at, min(s.at) as taken_at,
           bool_or(t.state not in ('settled', 'failed', 'cancelled')) as is_open
         from cycle c left join transfer t on t.cycle_id = c.id
           left join transfer_step s on s.transfer_id = t.id and s.state = 'committing'
         group by c.id) c
   cross join lateral (values
     ('started_at', coalesce(c.taken_at::text, 'a transfer taken'), c.started_at::text,
       c.taken_at is not distinct from c.started_at),
     ('state', case when c.is_open then 'running' else 'done or about to be' end, c.state,
       not coalesce(c.is_open, false) or c.state = 'running')) as v (name, expected, found, agrees)
   where not v.agrees`,
);

/** Two persons stand behind every transfer. */
const approved = checkBySql(
  'approvals of transfers',
  'transfer',
  comparison({
    expected: `
      select t.id, a.operation, a.state, a.result->>'transferId' as made,
        a.decided_at as created_at
      from transfer t left join approval a on a.id = t.approval_id`,
    found: `
      select id, case kind when 'transfer' then 'submitTransfer' else 'reverseTransfer' end
        as operation, 'approved' as state, id::text as made, created_at
      from transfer`,
    keys: ['id'],
    columns: ['operation', 'state', 'made', 'created_at'],
  }),
);

export const transferChecks: readonly Check<unknown>[] = [
  transitionTable,
  states,
  steps,
  reversals,
  inCycle,
  cycles,
  approved,
];
