/** Delivering committed reservations; what is committed is never refused. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createSlices(db);
  await createDeliver(db);
  await createDeliverItems(db);
}

/** The reserved slices go, the receivers' appear in a lot of their own. */
async function createSlices(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.deliver_slices(p_items registry.delivery_item[]) returns void
    language plpgsql as $$
    declare v_moves registry.slice_move[];
    begin
      with gone as (
        delete from registry.slice s using unnest(p_items) as i
        where s.security_id = i.security_id and s.account_id = i.seller_account_id
          and s.nature = i.nature and s.claim_set = i.claim_id
        returning i.ord, i.event_id, s.security_id, s.account_id, s.nature, s.lot, i.claim_id,
          s.quantity)
      select array_agg(row(g.ord, g.event_id, g.security_id, g.account_id, g.nature, g.lot,
        g.claim_id, g.quantity, g.quantity)::registry.slice_move) into v_moves
      from gone as g;
      if (select sum(m.quantity) from unnest(v_moves) as m)
          is distinct from (select sum(i.quantity) from unnest(p_items) as i) then
        raise exception 'a committed reservation does not hold its shares'
          using errcode = 'check_violation';
      end if;
      insert into registry.slice (security_id, account_id, nature, lot, claim_set, mask, quantity)
      select i.security_id, i.buyer_account_id, i.nature, i.event_id, 0, 0, i.quantity
      from unnest(p_items) as i;
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select i.event_id, 1, i.security_id, i.buyer_account_id, i.nature, i.event_id, 0, i.quantity,
        i.quantity
      from unnest(p_items) as i
      union all
      select m.event_id, 1 + row_number() over (partition by m.event_id order by m.lot),
        m.security_id, m.account_id, m.nature, m.lot, m.claim_id, -m.quantity, 0
      from unnest(v_moves) as m;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.deliver_slices(registry.delivery_item[])
    to registry`.execute(db);
}

/** Outcomes: delivered (also a repeat), not-committed. A committed delivery is never refused. */
async function createDeliver(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.deliver_shares(
      p_instructions uuid[], p_events uuid[], p_trades uuid[], p_registrations uuid[],
      p_salts text[], p_unit_prices numeric[], p_amounts bigint[], p_methods text[],
      p_agreement_hashes text[], p_agreement_numbers text[], p_deal_times timestamptz[],
      p_effective_on date, p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, event_id uuid, security_id uuid, sequence bigint,
      effective_on date, refs jsonb)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare v_items registry.delivery_item[];
    begin
      perform registry.lock_instructions(p_instructions);
      v_items := array(
        select row(row_number() over (order by i.ord), i.instruction_id, p_events[i.ord], p_trades[i.ord],
          p_registrations[i.ord], p_salts[i.ord], c.id, c.security_id, c.account_id,
          c.buyer_account_id, c.subject_id, c.buyer_subject_id, c.nature, c.asked,
          p_unit_prices[i.ord], p_amounts[i.ord], p_methods[i.ord], p_agreement_hashes[i.ord],
          p_agreement_numbers[i.ord], p_deal_times[i.ord], null)::registry.delivery_item
        from unnest(p_instructions) with ordinality as i (instruction_id, ord)
        join registry.claim c on c.instruction_id = i.instruction_id and c.state = 'committed'
        order by i.ord);
      if cardinality(v_items) > 0 then
        perform registry.deliver_items(v_items, p_effective_on, p_recorded_at, p_actor,
          p_payload_hash);
      end if;
      return query
        select i.ord::integer, case when t.event_id is null then 'not-committed' else 'delivered'
          end, t.event_id, j.security_id, j.sequence, j.effective_on, t.refs
        from unnest(p_instructions) with ordinality as i (instruction_id, ord)
        left join registry.trade t on t.instruction_id = i.instruction_id and t.claim_id is not null
        left join registry.journal j on j.event_id = t.event_id
        order by i.ord;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.deliver_shares(uuid[], uuid[], uuid[], uuid[], text[], numeric[], bigint[], text[],
        text[], text[], timestamptz[], date, timestamptz, text, bytea)
    to registry`.execute(db);
}

async function createDeliverItems(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.deliver_items(
      p_items registry.delivery_item[], p_effective_on date, p_recorded_at timestamptz,
      p_actor text, p_payload_hash bytea
    ) returns void language plpgsql as $$
    declare
      v_entries registry.book_entry[];
      v_moves registry.holding_move[];
      v_changes registry.holder_change[];
      v_at_seconds bigint := floor(extract(epoch from p_recorded_at));
    begin
      select registry.enter_events(
        array_agg(i.ord order by i.ord), array_agg(i.event_id order by i.ord),
        array_agg(i.security_id order by i.ord), 'shares-delivered',
        array_agg('deliver:' || i.instruction_id order by i.ord),
        array_agg(i.claim_id order by i.ord), array[]::text[],
        p_effective_on, p_recorded_at, p_actor, p_payload_hash) into v_entries
      from unnest(p_items) as i;
      perform registry.deliver_slices(p_items);
      v_moves := registry.holding_moves_of(p_items);
      v_changes := registry.change_holders(p_items, v_moves);
      perform registry.post_holding_moves(v_moves, v_entries, p_effective_on);
      perform registry.report_holders(v_changes, v_at_seconds);
      perform registry.record_trades(p_items, p_effective_on);
      perform registry.report_deliveries(p_items, v_moves, v_changes, v_at_seconds);
      insert into registry.trade_clock as k (security_id, subject_id, last_sell_on)
      select distinct i.security_id, i.seller_subject_id, p_effective_on from unnest(p_items) as i
      on conflict (security_id, subject_id) do update set last_sell_on = excluded.last_sell_on;
      insert into registry.trade_clock as k (security_id, subject_id, last_buy_on)
      select distinct i.security_id, i.buyer_subject_id, p_effective_on from unnest(p_items) as i
      on conflict (security_id, subject_id) do update set last_buy_on = excluded.last_buy_on;
      update registry.claim c set state = 'delivered', active = 0, released = c.asked,
        last_event_id = i.event_id
      from unnest(p_items) as i where c.id = i.claim_id;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.deliver_items(registry.delivery_item[], date, timestamptz, text, bytea)
    to registry`.execute(db);
}
