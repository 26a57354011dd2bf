/** Reversing a delivery: the shares go back to the lots that they came from. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createReverseSlices(db);
  await createReverseClock(db);
  await createReverse(db);
}

async function createReverseSlices(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.reverse_slices(p_trade registry.trade, p_event uuid) returns void
    language plpgsql as $$
    declare v_line record;
    begin
      delete from registry.slice s
      where s.security_id = p_trade.security_id and s.account_id = p_trade.buyer_account_id
        and s.nature = p_trade.nature and s.lot = p_trade.event_id and s.claim_set = 0
        and s.quantity = p_trade.quantity;
      if not found then
        raise exception 'the shares have moved' using errcode = 'check_violation';
      end if;
      insert into registry.slice as s
        (security_id, account_id, nature, lot, claim_set, mask, quantity)
      select p.security_id, p.account_id, p.nature, p.lot, 0, 0, -p.delta
      from registry.posting p where p.event_id = p_trade.event_id and p.delta < 0
      on conflict (security_id, account_id, nature, lot, claim_set)
      do update set quantity = s.quantity + excluded.quantity;
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select p_event, p.line, p.security_id, p.account_id, p.nature, p.lot, 0, -p.delta,
        coalesce(s.quantity, 0)
      from registry.posting p
      left join registry.slice s on s.security_id = p.security_id and s.account_id = p.account_id
        and s.nature = p.nature and s.lot = p.lot and s.claim_set = 0
      where p.event_id = p_trade.event_id;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.reverse_slices(registry.trade, uuid)
    to registry`.execute(db);
}

/** What the clock of rule R7 shows when reversed trades do not count. */
async function createReverseClock(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.reset_trade_clock(p_security uuid, p_subject uuid) returns void
    language plpgsql as $$
    declare
      v_bought date;
      v_sold date;
    begin
      select max(t.traded_on) filter (where t.buyer_subject_id = p_subject),
        max(t.traded_on) filter (where t.seller_subject_id = p_subject)
      into v_bought, v_sold
      from registry.trade t
      where t.security_id = p_security and t.claim_id is not null
        and p_subject in (t.buyer_subject_id, t.seller_subject_id)
        and not exists (select 1 from registry.trade r where r.reverses_event_id = t.event_id);
      if v_bought is null and v_sold is null then
        delete from registry.trade_clock k
        where k.security_id = p_security and k.subject_id = p_subject;
      else
        update registry.trade_clock k set last_buy_on = v_bought, last_sell_on = v_sold
        where k.security_id = p_security and k.subject_id = p_subject;
      end if;
    end $$`.execute(db);
  await sql`create index trade_security on registry.trade (security_id)`.execute(db);
  await sql`
    grant execute on function registry.reset_trade_clock(uuid, uuid) to registry`.execute(db);
}

/**
 * Outcomes: reversed (also a repeat), unknown, mismatch (the instruction is known for something
 * else), already-reversed, shares-moved, holder-limit (with the places that would be needed).
 */
async function createReverse(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.reverse_delivery(
      p_instruction uuid, p_original uuid, p_event uuid, p_trade uuid, p_salts text,
      p_limit integer, p_reason text, p_effective_on date, p_recorded_at timestamptz,
      p_actor text, p_payload_hash bytea, out outcome text, out observed integer
    ) language plpgsql ${byIndex} as $$
    declare
      v_trade registry.trade;
      v_known registry.trade;
      v_state registry.security_state;
      v_item registry.delivery_item;
    begin
      select t.* into v_trade from registry.trade t
      where t.instruction_id = p_original and t.claim_id is not null;
      if not found then outcome := 'unknown'; return; end if;
      select s.* into strict v_state from registry.security_state s
      where s.security_id = v_trade.security_id for no key update;
      select t.* into v_known from registry.trade t where t.instruction_id = p_instruction;
      if found then
        outcome := case when v_known.reverses_event_id = v_trade.event_id then 'reversed'
                        else 'mismatch' end;
        return;
      end if;
      if exists (select 1 from registry.trade t where t.reverses_event_id = v_trade.event_id) then
        outcome := 'already-reversed';
        return;
      end if;
      if not exists (
          select 1 from registry.slice s
          where s.security_id = v_trade.security_id and s.account_id = v_trade.buyer_account_id
            and s.nature = v_trade.nature and s.lot = v_trade.event_id and s.claim_set = 0
            and s.quantity = v_trade.quantity) then
        outcome := 'shares-moved';
        return;
      end if;
      v_item := row(1, p_instruction, p_event, p_trade, p_trade, p_salts, null,
        v_trade.security_id, v_trade.buyer_account_id, v_trade.seller_account_id,
        v_trade.buyer_subject_id, v_trade.seller_subject_id, v_trade.nature, v_trade.quantity,
        v_trade.unit_price, v_trade.amount_fen, v_trade.method, v_trade.agreement_hash,
        v_trade.agreement_number, v_trade.deal_time, v_trade.event_id);
      begin
        observed := registry.post_reversal(v_item, v_trade, v_state, p_limit, p_reason,
          p_effective_on, p_recorded_at, p_actor, p_payload_hash);
        if observed is not null then
          raise exception 'holder limit' using errcode = 'QJ008';
        end if;
        outcome := 'reversed';
      exception when sqlstate 'QJ008' then
        outcome := 'holder-limit';
      end;
    end $$`.execute(db);
  await sql`
    create function registry.post_reversal(
      p_item registry.delivery_item, p_trade registry.trade, p_state registry.security_state,
      p_limit integer, p_reason text, p_effective_on date, p_recorded_at timestamptz,
      p_actor text, p_payload_hash bytea
    ) returns integer language plpgsql as $$
    declare
      v_entries registry.book_entry[];
      v_moves registry.holding_move[];
      v_changes registry.holder_change[];
      v_places integer;
      v_at_seconds bigint := floor(extract(epoch from p_recorded_at));
    begin
      v_entries := registry.enter_events(array[1], array[p_item.event_id],
        array[p_item.security_id], 'delivery-reversed',
        array['reverse:' || p_item.instruction_id], array[null::bigint], array[p_reason],
        p_effective_on, p_recorded_at, p_actor, p_payload_hash);
      perform registry.reverse_slices(p_trade, p_item.event_id);
      v_moves := registry.holding_moves_of(array[p_item]);
      -- The limit is judged below, when both parties have their new places.
      update registry.security_state s set holder_limit = 2147483647
      where s.security_id = p_item.security_id;
      v_changes := registry.change_holders(array[p_item], v_moves);
      select s.places into v_places from registry.security_state s
      where s.security_id = p_item.security_id;
      if v_places > p_limit and v_places > p_state.places then return v_places; end if;
      update registry.security_state s set
        holder_limit = case when v_places > p_state.places then p_limit else p_state.holder_limit end
      where s.security_id = p_item.security_id;
      perform registry.post_holding_moves(v_moves, v_entries, p_effective_on);
      perform registry.report_holders(v_changes, v_at_seconds);
      perform registry.record_trades(array[p_item], p_effective_on);
      perform registry.report_deliveries(array[p_item], v_moves, v_changes, v_at_seconds);
      perform registry.reset_trade_clock(p_item.security_id, p_item.seller_subject_id);
      perform registry.reset_trade_clock(p_item.security_id, p_item.buyer_subject_id);
      return null;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.reverse_delivery(uuid, uuid, uuid, uuid, text, integer, text, date, timestamptz,
        text, bytea),
      registry.post_reversal(registry.delivery_item, registry.trade, registry.security_state,
        integer, text, date, timestamptz, text, bytea)
    to registry`.execute(db);
}
