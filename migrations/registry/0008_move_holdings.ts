/** Moving holdings between holders: figures under the lock, history, holders and their places. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createTypes(db);
  await createHoldingMoves(db);
  await createHolderChanges(db);
}

/**
 * `leg` 0 gives, 1 receives; a holding's moves follow each other by (ord, leg). `ord` is the place
 * of the item in its array, so that no statement joins one array to another.
 */
async function createTypes(db: Kysely<unknown>): Promise<void> {
  await sql`
    create type registry.delivery_item as (
      ord integer, instruction_id uuid, event_id uuid, trade_id uuid, registration_id uuid,
      salts text, claim_id bigint, security_id uuid, seller_account_id uuid,
      buyer_account_id uuid, seller_subject_id uuid, buyer_subject_id uuid, nature smallint,
      quantity bigint, unit_price numeric, amount_fen bigint, method text, agreement_hash text,
      agreement_number text, deal_time timestamptz(3), reverses_event_id uuid
    )`.execute(db);
  await sql`
    create type registry.holding_move as (
      ord integer, leg smallint, event_id uuid, security_id uuid, account_id uuid,
      nature smallint, subject_id uuid, registration_id uuid, version bigint, is_new boolean,
      is_last boolean, free_change bigint, reserved_change bigint, total_change bigint,
      total bigint, available bigint, pledged bigint, frozen bigint
    )`.execute(db);
  await sql`
    create type registry.holder_change as (
      ord integer, event_id uuid, security_id uuid, holders integer, salt text
    )`.execute(db);
}

/** Both legs of each item with the figures before and after, computed under the lock. */
async function createHoldingMoves(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.holding_moves_of(p_items registry.delivery_item[])
    returns registry.holding_move[] language plpgsql as $$
    begin
      return array(
        select row(m.ord, m.leg, m.event_id, m.security_id, m.account_id, m.nature, m.subject_id,
          coalesce(h.registration_id, first_value(m.registration_id) over w),
          coalesce(h.version, -1) + row_number() over w,
          h.version is null, lead(m.ord) over w is null,
          sum(case when m.delta > 0 then m.delta else m.free_delta end) over w,
          sum(case when m.delta > 0 then 0 else m.delta - m.free_delta end) over w,
          m.delta,
          coalesce(h.total, 0) + sum(m.delta) over w,
          coalesce(h.available, 0) + sum(m.delta) over w,
          coalesce(h.pledged, 0), coalesce(h.frozen, 0))::registry.holding_move
        from (select i.ord, l.leg, i.event_id, i.security_id, l.account_id, i.nature, l.subject_id,
                i.registration_id, l.delta,
                case when i.claim_id is null then l.delta else 0 end as free_delta
              from unnest(p_items) as i
              cross join lateral (values
                (0::smallint, i.seller_account_id, i.seller_subject_id, -i.quantity),
                (1::smallint, i.buyer_account_id, i.buyer_subject_id, i.quantity))
                as l (leg, account_id, subject_id, delta)) m
        left join registry.holding h on h.security_id = m.security_id
          and h.account_id = m.account_id and h.nature = m.nature
        window w as (partition by m.security_id, m.account_id, m.nature order by m.ord, m.leg
                     rows unbounded preceding)
        order by m.ord, m.leg);
    end $$`.execute(db);
  await sql`
    create function registry.post_holding_moves(
      p_moves registry.holding_move[], p_entries registry.book_entry[], p_effective_on date
    ) returns void language plpgsql as $$
    begin
      update registry.holding h set
        version = m.version, total = m.total, available = m.available,
        free = h.free + m.free_change, reserved = h.reserved + m.reserved_change
      from unnest(p_moves) as m
      where m.is_last and not m.is_new and h.security_id = m.security_id
        and h.account_id = m.account_id and h.nature = m.nature;
      insert into registry.holding (security_id, account_id, nature, subject_id, registration_id,
        version, total, free, available, reserved, pledged, frozen)
      select m.security_id, m.account_id, m.nature, m.subject_id, m.registration_id, m.version,
        m.total, m.free_change, m.available, m.reserved_change, m.pledged, m.frozen
      from unnest(p_moves) as m where m.is_last and m.is_new;
      insert into registry.holding_history (security_id, account_id, nature, version, event_id,
        effective_on, recorded_at, total, available, pledged, frozen, total_change,
        available_change, pledged_change, frozen_change)
      select m.security_id, m.account_id, m.nature, m.version, m.event_id, p_effective_on,
        (p_entries[m.ord]).recorded_at, m.total, m.available, m.pledged, m.frozen, m.total_change,
        m.total_change, 0, 0
      from unnest(p_moves) as m;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.holding_moves_of(registry.delivery_item[]),
      registry.post_holding_moves(registry.holding_move[], registry.book_entry[], date)
    to registry`.execute(db);
}

/**
 * Who becomes or ceases to be a holder, in the order of the items; to be called before the
 * holdings change. Returns the number of holders after each event that changes it.
 */
async function createHolderChanges(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.change_holders(
      p_items registry.delivery_item[], p_moves registry.holding_move[]
    ) returns registry.holder_change[] language plpgsql as $$
    declare
      v_changes registry.holder_change[] := '{}';
      v_step record;
      v_ord integer;
      v_before integer;
      v_state registry.security_state;
      v_delta record;
      v_has_leaving boolean := exists (
        select 1 from registry.holder_place p where p.leaving_by is not null
          and p.security_id = any(array(select i.security_id from unnest(p_items) as i)));
    begin
      for v_step in
        select t.ord, t.leg, t.security_id, t.subject_id,
          (p_items[t.ord]).instruction_id, (p_items[t.ord]).event_id,
          substr((p_items[t.ord]).salts, 1, 32) as salt,
          lead(t.ord) over (order by t.ord, t.leg) is distinct from t.ord as ends_event
        from (select m.ord, m.leg, m.security_id, m.subject_id, m.total_change, m.meets_zero,
                b.total + sum(m.total_change) over
                  (partition by m.security_id, m.subject_id order by m.ord, m.leg) as after
              from (select x.*, bool_or(x.total = 0 or x.total = x.total_change) over
                      (partition by x.security_id, x.subject_id) as meets_zero
                    from unnest(p_moves) as x) m
              cross join lateral (
                select coalesce(sum(h.total), 0) as total from registry.holding h
                where m.meets_zero and h.subject_id = m.subject_id
                  and h.security_id = m.security_id) b
              where m.meets_zero or v_has_leaving) t
        where (t.meets_zero and t.after in (0, t.total_change))
          or (v_has_leaving and t.leg = 1 and exists (
            select 1 from registry.holder_place p where p.security_id = t.security_id
              and p.subject_id = t.subject_id and p.leaving_by is not null))
        order by t.ord, t.leg
      loop
        select s.* into v_state from registry.security_state s
        where s.security_id = v_step.security_id;
        if v_ord is distinct from v_step.ord then
          v_ord := v_step.ord;
          v_before := v_state.holders;
        end if;
        if v_step.leg = 1 then
          select * into v_delta from registry.change_place(
            v_step.security_id, v_step.subject_id, true, false, null);
        else
          select * into v_delta from registry.change_place(
            v_step.security_id, v_step.subject_id, false,
            registry.is_awaited(v_step.security_id, v_step.subject_id, v_step.instruction_id),
            null);
        end if;
        if v_delta.holders <> 0 or v_delta.places <> 0 then
          update registry.security_state s set
            holders = s.holders + v_delta.holders, places = s.places + v_delta.places
          where s.security_id = v_step.security_id
          returning s.* into v_state;
        end if;
        if v_step.ends_event and v_state.holders <> v_before then
          v_changes := v_changes || row(v_step.ord, v_step.event_id, v_step.security_id,
            v_state.holders, v_step.salt)::registry.holder_change;
        end if;
      end loop;
      return v_changes;
    end $$`.execute(db);
  await sql`
    create index holder_place_leaving on registry.holder_place (security_id)
    where leaving_by is not null`.execute(db);
  await sql`
    grant execute on function
      registry.change_holders(registry.delivery_item[], registry.holding_move[])
    to registry`.execute(db);
}
