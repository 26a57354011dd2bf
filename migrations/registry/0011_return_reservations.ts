/** Giving reserved shares back: on request, or because the deadline has passed. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createReturnPlace(db);
  await createReturnSlices(db);
  await createReturn(db);
}

/** Undoes what a commitment did to the places of buyer and seller. */
async function createReturnPlace(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.return_place(p_claim registry.claim) returns void
    language plpgsql as $$
    declare
      v_buyer registry.holder_place;
      v_seller registry.holder_place;
      v_change integer := 0;
    begin
      select p.* into v_buyer from registry.holder_place p
      where p.security_id = p_claim.security_id and p.subject_id = p_claim.buyer_subject_id;
      if v_buyer.awaited then
        select places into v_change from registry.change_place(p_claim.security_id,
          p_claim.buyer_subject_id, v_buyer.held,
          registry.is_awaited(p_claim.security_id, p_claim.buyer_subject_id,
            p_claim.instruction_id),
          v_buyer.leaving_by);
      end if;
      select p.* into v_seller from registry.holder_place p
      where p.security_id = p_claim.security_id and p.subject_id = p_claim.subject_id;
      if v_seller.leaving_by = p_claim.instruction_id then
        v_change := v_change + (select places from registry.change_place(
          p_claim.security_id, p_claim.subject_id, true, false, null));
      end if;
      if v_change <> 0 then
        update registry.security_state s set places = s.places + v_change
        where s.security_id = p_claim.security_id;
      end if;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.return_place(registry.claim) to registry`.execute(db);
}

/** Reserved slices become free again in their own lots. */
async function createReturnSlices(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.return_slices(p_items registry.reservation_item[]) returns void
    language plpgsql as $$
    declare v_moves registry.slice_move[];
    begin
      with gone as (
        delete from registry.slice s using unnest(p_items) as i
        where s.security_id = i.security_id and s.account_id = i.account_id
          and s.nature = i.nature and s.claim_set = i.claim_id
        returning i.ord, i.event_id, s.security_id, s.account_id, s.nature, s.lot, i.claim_id,
          s.quantity)
      select array_agg(row(g.ord, g.event_id, g.security_id, g.account_id, g.nature, g.lot,
        g.claim_id, g.quantity, coalesce(f.quantity, 0))::registry.slice_move) into v_moves
      from gone as g
      left join registry.slice f on f.security_id = g.security_id and f.account_id = g.account_id
        and f.nature = g.nature and f.lot = g.lot and f.claim_set = 0;
      if (select sum(m.quantity) from unnest(v_moves) as m)
          is distinct from (select sum(i.quantity) from unnest(p_items) as i) then
        raise exception 'a reservation does not hold its shares' using errcode = 'check_violation';
      end if;
      insert into registry.slice as s
        (security_id, account_id, nature, lot, claim_set, mask, quantity)
      select m.security_id, m.account_id, m.nature, m.lot, 0, 0, sum(m.quantity)
      from unnest(v_moves) as m group by m.security_id, m.account_id, m.nature, m.lot
      on conflict (security_id, account_id, nature, lot, claim_set)
      do update set quantity = s.quantity + excluded.quantity;
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select m.event_id, m.line * 2 - 1 + side.at, m.security_id, m.account_id, m.nature, m.lot,
        (1 - side.at) * m.claim_id, (2 * side.at - 1) * m.quantity,
        case side.at when 0 then 0 else m.slice_before + m.given end
      from (select x.*,
              row_number() over (partition by x.event_id order by x.lot) as line,
              sum(x.quantity) over (partition by x.security_id, x.account_id, x.nature, x.lot
                                    order by x.ord) as given
            from unnest(v_moves) as x) m
      cross join (values (0), (1)) as side (at);
    end $$`.execute(db);
  await sql`
    grant execute on function registry.return_slices(registry.reservation_item[])
    to registry`.execute(db);
}

/**
 * Outcomes: returned (also a repeat, also where it had expired), already-delivered, unknown. With
 * p_state expired only reservations that are not committed and past their deadline are touched;
 * the others answer kept.
 */
async function createReturn(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.return_reservations(
      p_instructions uuid[], p_events uuid[], p_reasons text[], p_state text,
      p_effective_on date, p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_items registry.reservation_item[];
      v_outcomes text[];
      v_claim registry.claim;
    begin
      perform registry.lock_instructions(p_instructions);
      v_outcomes := array(
        select case when c.state is null then 'unknown'
                    when c.state = 'delivered' then 'already-delivered'
                    when c.state in ('returned', 'expired') then 'returned'
                    when p_state = 'expired'
                      and not (c.state = 'reserved' and c.deadline <= p_recorded_at) then 'kept'
                    else 'new' end
        from unnest(p_instructions) with ordinality as i (instruction_id, ord)
        left join registry.claim c on c.instruction_id = i.instruction_id
        order by i.ord);
      v_items := array(
        select row(i.ord, i.instruction_id, p_events[i.ord], c.security_id, c.account_id,
          c.subject_id, c.buyer_account_id, c.buyer_subject_id, c.nature, c.active, c.deadline,
          c.id, 'new', null)::registry.reservation_item
        from unnest(p_instructions) with ordinality as i (instruction_id, ord)
        join registry.claim c on c.instruction_id = i.instruction_id
        where v_outcomes[i.ord] = 'new' order by i.ord);
      if cardinality(v_items) > 0 then
        for v_claim in
          select c.* from registry.claim c join unnest(v_items) as i on i.claim_id = c.id
          where c.state = 'committed' order by i.ord
        loop
          perform registry.return_place(v_claim);
          -- Item by item: those that follow must not count it as awaited.
          update registry.claim c set state = p_state, active = 0, released = c.asked
          where c.id = v_claim.id;
        end loop;
        perform registry.return_slices(v_items);
        update registry.holding h set free = h.free + n.quantity, reserved = h.reserved - n.quantity
        from (select i.security_id, i.account_id, i.nature, sum(i.quantity) as quantity
              from unnest(v_items) as i group by i.security_id, i.account_id, i.nature) n
        where h.security_id = n.security_id and h.account_id = n.account_id
          and h.nature = n.nature;
        update registry.claim c set state = p_state, active = 0, released = c.asked,
          last_event_id = i.event_id
        from unnest(v_items) as i where c.id = i.claim_id;
        perform registry.enter_events(
          array_agg(i.ord order by i.ord), array_agg(i.event_id order by i.ord),
          array_agg(i.security_id order by i.ord),
          case p_state when 'expired' then 'reservation-expired' else 'reservation-returned' end,
          array_agg('return:' || i.instruction_id order by i.ord),
          array_agg(i.claim_id order by i.ord),
          array_agg(p_reasons[i.ord] order by i.ord),
          p_effective_on, p_recorded_at, p_actor, p_payload_hash)
        from unnest(v_items) as i;
      end if;
      return query
        select i.ord::integer, case i.outcome when 'new' then 'returned' else i.outcome end
        from unnest(v_outcomes) with ordinality as i (outcome, ord) order by i.ord;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.return_reservations(uuid[], uuid[], text[], text, date, timestamptz, text, bytea)
    to registry`.execute(db);
}
