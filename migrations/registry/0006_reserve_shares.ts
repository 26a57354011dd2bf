/** Reserving shares: many instructions in one call, answered in their order. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createMoves(db);
  await createReserveShares(db);
}

/**
 * Shares that leave or enter a slice, in the order of the instructions, and the entry of one
 * event in its book. Arrays of them carry a batch from one statement to the next: no statement
 * joins a set to itself.
 */
async function createMoves(db: Kysely<unknown>): Promise<void> {
  await sql`
    create type registry.slice_move as (
      ord integer, event_id uuid, security_id uuid, account_id uuid, nature smallint, lot uuid,
      claim_id bigint, quantity bigint, slice_before bigint
    )`.execute(db);
  await sql`
    create type registry.book_entry as (
      ord integer, event_id uuid, security_id uuid, sequence bigint, recorded_at timestamptz(3)
    )`.execute(db);
  // The caller holds the rows of the securities; sequences follow the order of the instructions.
  await sql`
    create function registry.enter_events(
      p_ords integer[], p_events uuid[], p_securities uuid[], p_kind text, p_keys text[],
      p_claims bigint[], p_reasons text[], p_effective_on date, p_recorded_at timestamptz,
      p_actor text, p_payload_hash bytea
    ) returns registry.book_entry[] language plpgsql as $$
    declare v_entries registry.book_entry[];
    begin
      if exists (select 1 from registry.security_state s where s.security_id = any(p_securities)
                 and s.last_effective_on > p_effective_on) then
        raise exception 'business dates of a security only move forward'
          using errcode = 'check_violation';
      end if;
      v_entries := array(
        select row(e.ord, e.event_id, e.security_id,
          s.last_sequence + row_number() over (partition by e.security_id order by e.ord),
          greatest(s.last_recorded_at, p_recorded_at))::registry.book_entry
        from unnest(p_ords, p_events, p_securities) as e (ord, event_id, security_id)
        join registry.security_state s on s.security_id = e.security_id
        order by e.ord);
      update registry.security_state s set
        last_sequence = s.last_sequence + n.count,
        last_recorded_at = greatest(s.last_recorded_at, p_recorded_at),
        last_effective_on = p_effective_on
      from (select x.security_id, count(*) as count from unnest(p_securities) as x (security_id)
            group by x.security_id) n
      where s.security_id = n.security_id;
      insert into registry.journal (event_id, security_id, sequence, kind, effective_on,
        recorded_at, actor, business_key, payload_hash, claim_id, reason)
      select e.event_id, e.security_id, e.sequence, p_kind, p_effective_on, e.recorded_at, p_actor,
        p_keys[x.at], p_payload_hash, p_claims[x.at], p_reasons[x.at]
      from unnest(v_entries) with ordinality as e
        (ord, event_id, security_id, sequence, recorded_at, at)
      cross join lateral (select e.at::integer) as x (at);
      insert into registry.outbox (book, sequence, event_id, topic, recorded_at)
      select 'security:' || e.security_id, e.sequence, e.event_id, 'registry.events', e.recorded_at
      from unnest(v_entries) as e;
      return v_entries;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.enter_events(integer[], uuid[], uuid[], text, text[],
      bigint[], text[], date, timestamptz, text, bytea) to registry`.execute(db);
}

/**
 * Outcomes: reserved (also a repeat of the same reservation), insufficient (with what is free),
 * mismatch (the instruction is known with other terms), ended (its reservation was given back).
 * Each instruction sees what those before it took. Lots go oldest first; the claim pins them.
 */
async function createReserveShares(db: Kysely<unknown>): Promise<void> {
  await sql`
    create type registry.reservation_item as (
      ord integer, instruction_id uuid, event_id uuid, security_id uuid, account_id uuid,
      subject_id uuid, buyer_account_id uuid, buyer_subject_id uuid, nature smallint,
      quantity bigint, deadline timestamptz(3), claim_id bigint, outcome text, observed bigint
    )`.execute(db);
  await sql`
    create function registry.reserve_shares(
      p_instructions uuid[], p_events uuid[], p_securities uuid[], p_sellers uuid[],
      p_buyers uuid[], p_natures smallint[], p_quantities bigint[], p_deadlines timestamptz[],
      p_effective_on date, p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, claim_id bigint, observed bigint)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_items registry.reservation_item[];
      v_new registry.reservation_item[];
      v_moves registry.slice_move[];
    begin
      perform 1 from registry.security_state s where s.security_id = any(p_securities)
        order by s.security_id for no key update;
      v_items := registry.decide_reservations(array(
        select row(i.ord, i.instruction_id, i.event_id, i.security_id, i.seller, sa.subject_id,
          i.buyer, ba.subject_id, i.nature, i.quantity, i.deadline, c.id,
          case when c.id is null then null
               when (c.security_id, c.account_id, c.buyer_account_id, c.nature, c.asked)
                    <> (i.security_id, i.seller, i.buyer, i.nature, i.quantity) then 'mismatch'
               when c.state in ('returned', 'expired') then 'ended' else 'reserved' end,
          coalesce(h.free, 0))::registry.reservation_item
        from unnest(p_instructions, p_events, p_securities, p_sellers, p_buyers, p_natures,
          p_quantities, p_deadlines) with ordinality as i
          (instruction_id, event_id, security_id, seller, buyer, nature, quantity, deadline, ord)
        join registry.account sa on sa.id = i.seller
        join registry.account ba on ba.id = i.buyer
        left join registry.claim c on c.instruction_id = i.instruction_id
        left join registry.holding h on h.security_id = i.security_id
          and h.account_id = i.seller and h.nature = i.nature
        order by i.security_id, i.seller, i.nature, i.ord));
      v_new := array(select i from unnest(v_items) as i where i.outcome = 'new');
      if cardinality(v_new) > 0 then
        v_moves := registry.take_free_slices(v_new);
        insert into registry.slice (security_id, account_id, nature, lot, claim_set, mask, quantity)
        select m.security_id, m.account_id, m.nature, m.lot, m.claim_id, 1, m.quantity
        from unnest(v_moves) as m;
        insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
          claim_set, delta, after)
        select m.event_id, m.line * 2 - 1 + side.at, m.security_id, m.account_id, m.nature, m.lot,
          side.at * m.claim_id, (2 * side.at - 1) * m.quantity,
          case side.at when 0 then m.slice_before - m.taken else m.quantity end
        from (select x.*,
                row_number() over (partition by x.event_id order by x.lot) as line,
                sum(x.quantity) over (partition by x.security_id, x.account_id, x.nature, x.lot
                                      order by x.ord) as taken
              from unnest(v_moves) as x) m
        cross join (values (0), (1)) as side (at);
        update registry.holding h set free = h.free - n.quantity, reserved = h.reserved + n.quantity
        from (select i.security_id, i.account_id, i.nature, sum(i.quantity) as quantity
              from unnest(v_new) as i group by i.security_id, i.account_id, i.nature) n
        where h.security_id = n.security_id and h.account_id = n.account_id
          and h.nature = n.nature;
        insert into registry.claim (id, kind, instruction_id, security_id, account_id, subject_id,
          nature, buyer_account_id, buyer_subject_id, asked, deadline, placed_event_id, state,
          active, waiting, released, last_event_id)
        overriding system value
        select i.claim_id, 'reservation', i.instruction_id, i.security_id, i.account_id,
          i.subject_id, i.nature, i.buyer_account_id, i.buyer_subject_id, i.quantity, i.deadline,
          i.event_id, 'reserved', i.quantity, 0, 0, i.event_id
        from unnest(v_new) as i;
        perform registry.enter_events(
          array_agg(i.ord order by i.ord), array_agg(i.event_id order by i.ord),
          array_agg(i.security_id order by i.ord), 'shares-reserved',
          array_agg('reserve:' || i.instruction_id order by i.ord),
          array_agg(i.claim_id order by i.ord), array[]::text[],
          p_effective_on, p_recorded_at, p_actor, p_payload_hash)
        from unnest(v_new) as i;
      end if;
      return query
        select i.ord, case i.outcome when 'new' then 'reserved' else i.outcome end, i.claim_id,
          i.observed
        from unnest(v_items) as i order by i.ord;
    end $$`.execute(db);
  await createDecide(db);
  await createTake(db);
  await sql`
    grant execute on function
      registry.reserve_shares(uuid[], uuid[], uuid[], uuid[], uuid[], smallint[], bigint[],
        timestamptz[], date, timestamptz, text, bytea),
      registry.decide_reservations(registry.reservation_item[]),
      registry.take_free_slices(registry.reservation_item[])
    to registry`.execute(db);
  await sql`grant usage on sequence registry.claim_id_seq to registry`.execute(db);
}

/** Walks the items by holding, in their order, and gives each what the earlier ones left. */
async function createDecide(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.decide_reservations(p_items registry.reservation_item[])
    returns registry.reservation_item[] language plpgsql as $$
    declare
      v_items registry.reservation_item[] := p_items;
      v_item registry.reservation_item;
      v_before registry.reservation_item;
      v_left bigint;
    begin
      for v_at in 1 .. coalesce(cardinality(v_items), 0) loop
        v_item := v_items[v_at];
        if v_before.account_id is distinct from v_item.account_id
            or v_before.security_id <> v_item.security_id or v_before.nature <> v_item.nature then
          v_left := v_item.observed;
        end if;
        v_before := v_item;
        v_item.observed := v_left;
        if v_item.outcome is null then
          if v_item.quantity > v_left then
            v_item.outcome := 'insufficient';
          else
            v_item.outcome := 'new';
            v_item.claim_id := nextval('registry.claim_id_seq');
            v_left := v_left - v_item.quantity;
          end if;
        end if;
        v_items[v_at] := v_item;
      end loop;
      return v_items;
    end $$`.execute(db);
}

/** Takes the items' shares out of slices without a claim, oldest lot first. */
async function createTake(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.take_free_slices(p_items registry.reservation_item[])
    returns registry.slice_move[] language plpgsql as $$
    declare v_moves registry.slice_move[];
    begin
      v_moves := array(
        select row(d.ord, d.event_id, d.security_id, d.account_id, d.nature, s.lot, d.claim_id,
          least(d.until, s.until) - greatest(d.since, s.since), s.quantity)::registry.slice_move
        from (select i.*,
                sum(i.quantity) over holding as until,
                sum(i.quantity) over holding - i.quantity as since
              from unnest(p_items) as i
              window holding as (partition by i.security_id, i.account_id, i.nature order by i.ord)
             ) d
        cross join lateral (
          select x.lot, x.quantity, sum(x.quantity) over (order by x.lot) as until,
            sum(x.quantity) over (order by x.lot) - x.quantity as since
          from registry.slice x
          where x.security_id = d.security_id and x.account_id = d.account_id
            and x.nature = d.nature and x.mask = 0) s
        where s.since < d.until and d.since < s.until
        order by d.ord, s.lot);
      if (select sum(m.quantity) from unnest(v_moves) as m)
          is distinct from (select sum(i.quantity) from unnest(p_items) as i) then
        raise exception 'free shares and slices do not match' using errcode = 'check_violation';
      end if;
      delete from registry.slice s
      using (select m.security_id, m.account_id, m.nature, m.lot, sum(m.quantity) as quantity
             from unnest(v_moves) as m group by m.security_id, m.account_id, m.nature, m.lot) n
      where s.security_id = n.security_id and s.account_id = n.account_id and s.nature = n.nature
        and s.lot = n.lot and s.claim_set = 0 and s.quantity = n.quantity;
      update registry.slice s set quantity = s.quantity - n.quantity
      from (select m.security_id, m.account_id, m.nature, m.lot, sum(m.quantity) as quantity
            from unnest(v_moves) as m group by m.security_id, m.account_id, m.nature, m.lot) n
      where s.security_id = n.security_id and s.account_id = n.account_id and s.nature = n.nature
        and s.lot = n.lot and s.claim_set = 0 and s.quantity > n.quantity;
      return v_moves;
    end $$`.execute(db);
}
