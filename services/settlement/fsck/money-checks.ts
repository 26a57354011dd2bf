/** Balances, running balances and holds, re-derived from postings, transfers and payouts. */
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';

/** A charge that was tampered with is no number, and no reason to stop. */
const CHARGED = `case when c->>'amountFen' ~ '^[0-9]{1,15}$' then (c->>'amountFen')::bigint end`;

const accounts = checkBySql(
  'money accounts from postings and holds',
  'money_account',
  comparison({
    expected: `
      select a.id, coalesce(p.balance, 0) as balance_fen, coalesce(p.entries, 0) as entries,
        coalesce(h.held, 0) as held_fen
      from money_account a
      left join (select account_id, sum(change_fen) as balance, count(*) as entries
                 from money_posting group by account_id) p on p.account_id = a.id
      left join (select account_id, sum(amount_fen) as held from money_hold
                 where state = 'held' group by account_id) h on h.account_id = a.id`,
    found: 'select id, balance_fen, entries, held_fen from money_account',
    keys: ['id'],
    columns: ['balance_fen', 'entries', 'held_fen'],
  }),
);

const running = checkBySql(
  'running balances',
  'money_posting',
  `select 'journal_id=' || p.journal_id || ' line=' || p.line as key, v.name as column,
     v.expected::text, v.found::text
   from (select p.*, row_number() over w as next_entry, sum(change_fen) over w as next_after,
           row_number() over (partition by journal_id order by line) as next_line
         from money_posting p window w as (partition by account_id order by entry)) p
   cross join lateral (values ('entry', p.next_entry::numeric, p.entry::numeric),
     ('after_fen', p.next_after, p.after_fen), ('line', p.next_line, p.line))
     as v (name, expected, found)
   where v.expected <> v.found`,
);

const zero = checkBySql(
  'journals sum to zero',
  'money_posting',
  `select 'journal_id=' || j.id as key, 'change_fen' as column,
     '0 over at least two lines' as expected,
     coalesce(sum(p.change_fen), 0) || ' over ' || count(p.line) as found
   from money_journal j left join money_posting p on p.journal_id = j.id
   group by j.id having coalesce(sum(p.change_fen), 0) <> 0 or count(p.line) < 2`,
);

/** What was held for a transfer or a payout, and what has become of it. */
const holds = checkBySql(
  'holds from transfers and payouts',
  'money_hold',
  comparison({
    expected: `
      select t.id as instruction_id, t.buyer_fund_account_id as account_id,
        t.amount_fen + coalesce((
          select sum(${CHARGED}) from jsonb_array_elements(t.charges) c
          where c->>'side' = 'buyer'), 0) as amount_fen,
        case t.state when 'settled' then 'used' when 'failed' then 'released'
          when 'cancelled' then 'released' else 'held' end as state
      from transfer t
      where exists (select 1 from transfer_step s
                    where s.transfer_id = t.id and s.state = 'funded')
      union all
      select id, fund_account_id, amount_fen,
        case when state in ('held', 'instructed') then 'held' else 'used' end
      from payout`,
    found: 'select instruction_id, account_id, amount_fen, state from money_hold',
    keys: ['instruction_id'],
    columns: ['account_id', 'amount_fen', 'state'],
  }),
);

/** A hold begins with the step or request that needs it and ends with what uses or frees it. */
const holdTimes = checkBySql(
  'moments of holds',
  'money_hold',
  `select 'instruction_id=' || h.instruction_id as key, v.name as column, v.expected::text,
     v.found::text
   from money_hold h
   left join (select transfer_id, min(at) filter (where state = 'funded') as began,
                min(at) filter (where state in ('settled', 'failed', 'cancelled')) as ended
              from transfer_step group by transfer_id) s on s.transfer_id = h.instruction_id
   left join payout o on o.id = h.instruction_id
   left join bank_confirmation b on b.reference = h.instruction_id::text
     and b.direction = 'out' and b.outcome = 'matched'
   cross join lateral (values
     ('held_at', coalesce(s.began, o.requested_at), h.held_at),
     ('ended_at', coalesce(s.ended, b.taken_at), h.ended_at)) as v (name, expected, found)
   where v.expected is distinct from v.found`,
);

/** Whose money a settled transfer moved, line by line. */
const TRANSFER_LINES = `
  select t.id, 1 as line, t.buyer_fund_account_id as account_id, -t.amount_fen as change_fen
  from transfer t where t.state = 'settled'
  union all
  select t.id, 2, t.seller_fund_account_id, t.amount_fen from transfer t where t.state = 'settled'
  union all
  select t.id, 1 + 2 * x.ord, case c->>'side' when 'buyer' then t.buyer_fund_account_id
      else t.seller_fund_account_id end, -(${CHARGED})
  from transfer t, jsonb_array_elements(t.charges) with ordinality x (c, ord)
  where t.state = 'settled'
  union all
  select t.id, 2 + 2 * x.ord, a.id, ${CHARGED}
  from transfer t, jsonb_array_elements(t.charges) with ordinality x (c, ord)
    join money_account a on a.kind = case c->>'kind'
      when 'stamp-duty' then 'tax' else 'fees' end
  where t.state = 'settled'`;

const settledLines = checkBySql(
  'postings of transfers',
  'money_posting',
  comparison({
    expected: TRANSFER_LINES,
    found: `
      select j.transfer_id as id, p.line, p.account_id, p.change_fen
      from money_journal j join money_posting p on p.journal_id = j.id
      where j.transfer_id is not null`,
    keys: ['id', 'line'],
    columns: ['account_id', 'change_fen'],
  }),
);

/** Each settled transfer and each bank line has one journal, and nothing else has any. */
const journals = checkBySql(
  'journals from transfers and bank lines',
  'money_journal',
  comparison({
    expected: `
      select 'transfer:' || t.id as business_key, t.id as transfer_id,
        case t.kind when 'transfer' then 'settlement' else 'reversal' end as kind,
        t.delivery->>'businessDate' as business_date, s.at as recorded_at,
        e.journal_id as id
      from transfer t join transfer_step s on s.transfer_id = t.id and s.state = 'settled'
      left join event e on e.event_id = t.settled_event_id
      union all
      select 'bank:' || b.bank_sequence, null, case
          when b.outcome <> 'matched' then 'suspense' when b.direction = 'in' then 'deposit'
          when b.direction = 'out' then 'payout' else 'payout-return' end,
        j.business_date::text, b.taken_at, j.id
      from bank_confirmation b
      left join money_journal j on j.business_key = 'bank:' || b.bank_sequence`,
    found: `select business_key, transfer_id, kind, business_date::text, recorded_at, id
      from money_journal`,
    keys: ['business_key'],
    columns: ['transfer_id', 'kind', 'business_date', 'recorded_at', 'id'],
  }),
);

export const moneyChecks: readonly Check<unknown>[] = [
  accounts,
  running,
  zero,
  holds,
  holdTimes,
  settledLines,
  journals,
];
