/** Posts money: journals, postings with running balances, used holds, in one set-based call. */
import { type Kysely, sql } from 'kysely';
import { makeCallable } from '../platform/grants.ts';

const schema = 'settlement';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createHoldMoney(db);
  await createPostMoney(db);
  const signatures = [
    'hold_money(uuid[], uuid[], bigint[], timestamptz)',
    'release_money(uuid[], timestamptz)',
    'post_money(jsonb, uuid[], timestamptz)',
  ];
  for (const signature of signatures) await makeCallable(db, { schema, signature });
}

/**
 * Holds money for instructions as far as it goes, in the order given: one whose payer lacks the
 * money is left out of the answer. Accounts are locked in id order, so that calls never deadlock.
 */
async function createHoldMoney(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function settlement.hold_money(
      p_instructions uuid[], p_accounts uuid[], p_amounts bigint[], p_at timestamptz
    ) returns setof uuid language plpgsql as $$
    declare
      v_item record;
    begin
      perform 1 from settlement.money_account
        where id = any(p_accounts) order by id for update;
      for v_item in
        select t.id, t.account, t.amount
        from unnest(p_instructions, p_accounts, p_amounts)
          with ordinality as t (id, account, amount, ord)
        order by t.ord
      loop
        update settlement.money_account set held_fen = held_fen + v_item.amount
        where id = v_item.account and kind = 'client'
          and balance_fen - held_fen >= v_item.amount;
        if found then
          insert into settlement.money_hold (instruction_id, account_id, amount_fen, held_at)
          values (v_item.id, v_item.account, v_item.amount, p_at);
          return next v_item.id;
        end if;
      end loop;
    end $$`.execute(db);
  await sql`
    create function settlement.release_money(p_instructions uuid[], p_at timestamptz)
    returns setof uuid language plpgsql as $$
    begin
      perform 1 from settlement.money_account
        where id in (select account_id from settlement.money_hold
                     where instruction_id = any(p_instructions)) order by id for update;
      return query
        with released as (
          update settlement.money_hold set state = 'released', ended_at = p_at
          where instruction_id = any(p_instructions) and state = 'held'
          returning instruction_id, account_id, amount_fen
        ), freed as (
          update settlement.money_account a set held_fen = a.held_fen - r.amount
          from (select account_id, sum(amount_fen)::bigint as amount
                from released group by account_id) r
          where a.id = r.account_id
        )
        select instruction_id from released;
    end $$`.execute(db);
}

/**
 * p_items: [{journalId, kind, businessKey, businessDate, transferId?, lines: [{accountId,
 * change}]}].
 * p_used_holds: instructions whose holds end with this posting. The checks of money_account refuse
 * any balance below what is held; nothing is posted then.
 */
async function createPostMoney(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function settlement.post_money(
      p_items jsonb, p_used_holds uuid[], p_recorded_at timestamptz
    ) returns table (journal_id uuid, line smallint, account_id uuid, change_fen bigint,
                     after_fen bigint)
    language plpgsql as $$
    #variable_conflict use_column
    declare
      v_used bigint;
    begin
      perform 1 from settlement.money_account a
        where a.id in (select (l->>'accountId')::uuid from jsonb_array_elements(p_items) as i,
                         jsonb_array_elements(i->'lines') as l)
        order by a.id for update;
      insert into settlement.money_journal
        (id, kind, business_key, business_date, recorded_at, transfer_id)
      select (i->>'journalId')::uuid, i->>'kind', i->>'businessKey', (i->>'businessDate')::date,
        p_recorded_at, (i->>'transferId')::uuid
      from jsonb_array_elements(p_items) as i;
      insert into settlement.money_posting
        (journal_id, line, account_id, entry, change_fen, after_fen)
      select m.journal_id, m.line, m.account_id, a.entries + row_number() over w, m.change,
        a.balance_fen + sum(m.change) over w
      from (select i.ord, l.ord as line, (i.item->>'journalId')::uuid as journal_id,
              (l.line->>'accountId')::uuid as account_id, (l.line->>'change')::bigint as change
            from jsonb_array_elements(p_items) with ordinality as i (item, ord),
              jsonb_array_elements(i.item->'lines') with ordinality as l (line, ord)) m
        join settlement.money_account a on a.id = m.account_id
      window w as (partition by m.account_id order by m.ord, m.line);
      update settlement.money_hold set state = 'used', ended_at = p_recorded_at
      where instruction_id = any(p_used_holds) and state = 'held';
      get diagnostics v_used = row_count;
      if v_used <> cardinality(p_used_holds) or exists (
          select 1 from settlement.money_hold h where h.instruction_id = any(p_used_holds)
            and not exists (
              select 1 from settlement.money_posting p
              where p.account_id = h.account_id and p.journal_id in
                (select (i->>'journalId')::uuid from jsonb_array_elements(p_items) as i))) then
        raise exception 'a hold to be used is not held, or its account is not posted'
          using errcode = 'check_violation';
      end if;
      with freed as (
        select account_id, sum(amount_fen)::bigint as amount from settlement.money_hold
        where instruction_id = any(p_used_holds) group by account_id
      ), moved as (
        select p.account_id, sum(p.change_fen)::bigint as change, count(*) as entries
        from settlement.money_posting p
        where p.journal_id in (select (i->>'journalId')::uuid from jsonb_array_elements(p_items) as i)
        group by p.account_id
      )
      update settlement.money_account a set
        balance_fen = a.balance_fen + m.change,
        entries = a.entries + m.entries,
        held_fen = a.held_fen - coalesce(f.amount, 0)
      from moved m left join freed f on f.account_id = m.account_id
      where a.id = m.account_id;
      return query
        select p.journal_id, p.line, p.account_id, p.change_fen, p.after_fen
        from jsonb_array_elements(p_items) with ordinality as i (item, ord)
          join settlement.money_posting p on p.journal_id = (i.item->>'journalId')::uuid
        order by i.ord, p.line;
    end $$`.execute(db);
}
