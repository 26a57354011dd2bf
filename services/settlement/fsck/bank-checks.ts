/** Deposits and payouts against the bank's statement, and the statement against the postings. */
import { checkBySql, comparison } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';

/** The bank's own numbers have no gaps. */
const statement = checkBySql(
  'gap-free statement',
  'bank_confirmation',
  `select 'bank_sequence=' || b.bank_sequence as key, 'bank_sequence' as column,
     b.expected::text, b.bank_sequence::text as found
   from (select bank_sequence, row_number() over (order by bank_sequence) as expected
         from bank_confirmation) b
   where b.bank_sequence <> b.expected`,
);

/** Only for the demonstration bank, whose own books stand beside ours. */
const embedded = checkBySql(
  'statement from the embedded bank',
  'bank_confirmation',
  comparison({
    expected: `
      select bank_sequence, direction, reference, fund_account_id, amount_fen, booked_at
      from embedded_bank_entry
      where bank_sequence <= (select coalesce(max(bank_sequence), 0) from bank_confirmation)`,
    found: `select bank_sequence, direction, reference, fund_account_id, amount_fen, booked_at
      from bank_confirmation`,
    keys: ['bank_sequence'],
    columns: ['direction', 'reference', 'fund_account_id', 'amount_fen', 'booked_at'],
  }),
);

/** Matched says that reference, amount and account are those announced. */
const deposits = checkBySql(
  'deposits from the statement',
  'deposit',
  comparison({
    expected: `
      select d.id, case coalesce(b.outcome, 'unknown') when 'matched' then 'confirmed'
          when 'mismatched' then 'mismatched' else 'announced' end as state,
        b.taken_at as confirmed_at, case when b.outcome = 'matched' then b.amount_fen
          else d.amount_fen end as amount_fen,
        case when b.outcome = 'matched' then coalesce(b.fund_account_id, d.fund_account_id)
          else d.fund_account_id end as fund_account_id,
        b.outcome is not distinct from 'mismatched' as has_reason
      from deposit d left join bank_confirmation b on b.reference = d.reference
        and b.direction = 'in' and b.outcome <> 'unknown'`,
    found: `select id, state, confirmed_at, amount_fen, fund_account_id,
      reason is not null as has_reason from deposit`,
    keys: ['id'],
    columns: ['state', 'confirmed_at', 'amount_fen', 'fund_account_id', 'has_reason'],
  }),
);

const payouts = checkBySql(
  'payouts from the statement',
  'payout',
  comparison({
    expected: `
      select p.id, case when r.bank_sequence is not null then 'returned'
          when o.bank_sequence is not null then 'paid'
          when p.state in ('held', 'instructed') then p.state else 'instructed' end as state,
        coalesce(r.taken_at, o.taken_at) as ended_at, coalesce(o.amount_fen, p.amount_fen)
          as amount_fen,
        case when r.bank_sequence is not null then 'returned-by-bank' end as reason
      from payout p
      left join bank_confirmation o on o.reference = p.id::text and o.direction = 'out'
        and o.outcome = 'matched'
      left join bank_confirmation r on r.reference = p.id::text
        and r.direction = 'out-returned' and r.outcome = 'matched'`,
    found: 'select id, state, ended_at, amount_fen, reason from payout',
    keys: ['id'],
    columns: ['state', 'ended_at', 'amount_fen', 'reason'],
  }),
);

/** Each line moves the mirror of the bank account against the client, or against suspense. */
const postings = checkBySql(
  'postings of bank lines',
  'money_posting',
  comparison({
    expected: `
      select b.bank_sequence::text as bank_sequence, l.line, l.account_id, l.change_fen
      from (select b.*, case when b.direction = 'out' then -b.amount_fen else b.amount_fen end
              as change from bank_confirmation b) b
      cross join lateral (values
        (1, (select id from money_account where kind = 'bank'), -b.change),
        (2, case when b.outcome <> 'matched'
              then (select id from money_account where kind = 'suspense')
            when b.direction = 'in'
              then (select fund_account_id from deposit where reference = b.reference)
            else (select fund_account_id from payout where id::text = b.reference) end, b.change))
        as l (line, account_id, change_fen)`,
    found: `
      select substr(j.business_key, 6) as bank_sequence, p.line, p.account_id, p.change_fen
      from money_journal j join money_posting p on p.journal_id = j.id
      where j.business_key like 'bank:%'`,
    keys: ['bank_sequence', 'line'],
    columns: ['account_id', 'change_fen'],
  }),
);

export const bankChecks: readonly Check<unknown>[] = [
  statement,
  embedded,
  deposits,
  payouts,
  postings,
];
