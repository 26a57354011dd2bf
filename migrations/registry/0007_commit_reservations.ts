/** Committing reservations: the last point at which a delivery can be refused. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlaceChange(db);
  await createTakePlace(db);
  await createCommit(db);
}

/**
 * Writes how a subject stands in a security's register and returns by how much the numbers of
 * holders and of places change, each counted through to the real holders.
 */
async function createPlaceChange(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.change_place(
      p_security uuid, p_subject uuid, p_held boolean, p_awaited boolean, p_leaving_by uuid,
      out holders integer, out places integer
    ) language plpgsql as $$
    declare
      v_before registry.holder_place;
      v_counted boolean := p_awaited or (p_held and p_leaving_by is null);
    begin
      select p.* into v_before from registry.holder_place p
      where p.security_id = p_security and p.subject_id = p_subject;
      select count(*) filter (where not exists (
               select 1 from registry.holder_identity o
               join registry.holder_place p
                 on p.security_id = p_security and p.subject_id = o.subject_id
               where o.identity = i.identity and o.subject_id <> p_subject and p.held)),
             count(*) filter (where not exists (
               select 1 from registry.holder_identity o
               join registry.holder_place p
                 on p.security_id = p_security and p.subject_id = o.subject_id
               where o.identity = i.identity and o.subject_id <> p_subject and p.counted))
      into holders, places
      from registry.holder_identity i where i.subject_id = p_subject;
      holders := holders * (p_held::integer - coalesce(v_before.held, false)::integer);
      places := places * (v_counted::integer - coalesce(v_before.counted, false)::integer);
      if not (p_held or p_awaited) then
        delete from registry.holder_place p
        where p.security_id = p_security and p.subject_id = p_subject;
      else
        insert into registry.holder_place as p (security_id, subject_id, held, awaited, leaving_by)
        values (p_security, p_subject, p_held, p_awaited, p_leaving_by)
        on conflict (security_id, subject_id) do update
        set held = excluded.held, awaited = excluded.awaited, leaving_by = excluded.leaving_by;
      end if;
    end $$`.execute(db);
  await sql`
    create function registry.is_awaited(p_security uuid, p_subject uuid, p_except uuid)
    returns boolean language sql stable as $$
      select exists (
        select 1 from registry.claim c
        where c.security_id = p_security and c.buyer_subject_id = p_subject
          and c.state = 'committed' and c.instruction_id <> p_except)
    $$`.execute(db);
  await sql`
    grant execute on function
      registry.change_place(uuid, uuid, boolean, boolean, uuid),
      registry.is_awaited(uuid, uuid, uuid) to registry`.execute(db);
}

/**
 * Keeps a place for the buyer of a committed delivery. Where the seller gives up its whole holding
 * by the very same delivery, its place passes on: from then on it counts for the buyer only, until
 * the buyer is awaited by another delivery too. Returns null, or the number of places needed.
 */
async function createTakePlace(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.take_place(
      p_security uuid, p_buyer uuid, p_seller uuid, p_quantity bigint, p_instruction uuid,
      p_limit integer
    ) returns integer language plpgsql as $$
    declare
      v_buyer registry.holder_place;
      v_seller registry.holder_place;
      v_change integer;
      v_places integer;
      v_leaving uuid;
    begin
      select p.* into v_buyer from registry.holder_place p
      where p.security_id = p_security and p.subject_id = p_buyer;
      select p.* into strict v_seller from registry.holder_place p
      where p.security_id = p_security and p.subject_id = p_seller;
      select places into v_change from registry.change_place(
        p_security, p_buyer, coalesce(v_buyer.held, false), true, v_buyer.leaving_by);
      if v_buyer.awaited then
        for v_leaving in
          select p.subject_id from registry.holder_place p
          join registry.claim c on c.instruction_id = p.leaving_by
          where p.security_id = p_security and c.buyer_subject_id = p_buyer
        loop
          v_change := v_change + (select places from registry.change_place(
            p_security, v_leaving, true, false, null));
        end loop;
      elsif v_seller.leaving_by is null and not v_seller.awaited
          and p_quantity = (select sum(h.total) from registry.holding h
                            where h.security_id = p_security and h.subject_id = p_seller)
          and not registry.is_awaited(p_security, p_seller, p_instruction) then
        v_change := v_change + (select places from registry.change_place(
          p_security, p_seller, true, false, p_instruction));
      end if;
      select s.places + v_change into v_places from registry.security_state s
      where s.security_id = p_security;
      if v_change > 0 and v_places > p_limit then
        raise exception 'holder limit' using errcode = 'QJ008', detail = v_places::text;
      end if;
      update registry.security_state s set
        places = v_places,
        holder_limit = case when v_change > 0 then p_limit else s.holder_limit end
      where s.security_id = p_security;
      return null;
    exception when sqlstate 'QJ008' then
      return v_places;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.take_place(uuid, uuid, uuid, bigint, uuid, integer) to registry`.execute(db);
}

/**
 * Outcomes: committed (also a repeat, and what is delivered already), unknown, ended,
 * deadline-passed, holder-limit (with the places that would be needed). The rules proper are
 * evaluated by the caller under the same locks.
 */
async function createCommit(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.commit_reservations(
      p_instructions uuid[], p_events uuid[], p_limits integer[],
      p_effective_on date, p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, observed bigint)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_item record;
      v_outcomes text[];
      v_observed bigint[];
    begin
      perform registry.lock_instructions(p_instructions);
      for v_item in
        select i.ord::integer as ord, i.instruction_id, i.holder_limit, c.security_id, c.state,
          c.subject_id, c.buyer_subject_id, c.asked, c.deadline
        from unnest(p_instructions, p_limits) with ordinality as i
          (instruction_id, holder_limit, ord)
        left join registry.claim c on c.instruction_id = i.instruction_id
        order by i.ord
      loop
        v_outcomes[v_item.ord] := case
          when v_item.state is null then 'unknown'
          when v_item.state in ('returned', 'expired') then 'ended'
          when v_item.state in ('committed', 'delivered') then 'committed'
          when v_item.deadline <= p_recorded_at then 'deadline-passed'
          else 'new' end;
        continue when v_outcomes[v_item.ord] <> 'new';
        if not exists (select 1 from registry.holder_place p
                       where p.security_id = v_item.security_id
                         and p.subject_id = v_item.buyer_subject_id
                         and p.held and p.leaving_by is null) then
          v_observed[v_item.ord] := registry.take_place(v_item.security_id,
            v_item.buyer_subject_id, v_item.subject_id, v_item.asked, v_item.instruction_id,
            v_item.holder_limit);
          if v_observed[v_item.ord] is not null then
            v_outcomes[v_item.ord] := 'holder-limit';
            continue;
          end if;
        end if;
        -- Item by item: those that follow must see who is awaited by now.
        update registry.claim c set state = 'committed', last_event_id = p_events[v_item.ord]
        where c.instruction_id = v_item.instruction_id;
      end loop;
      if 'new' = any(v_outcomes) then
        perform registry.enter_events(
          array_agg(i.ord::integer order by i.ord), array_agg(p_events[i.ord] order by i.ord),
          array_agg(c.security_id order by i.ord), 'reservation-committed',
          array_agg('commit:' || i.instruction_id order by i.ord),
          array_agg(c.id order by i.ord), array[]::text[],
          p_effective_on, p_recorded_at, p_actor, p_payload_hash)
        from unnest(p_instructions, v_outcomes) with ordinality as i (instruction_id, outcome, ord)
        join registry.claim c on c.instruction_id = i.instruction_id
        where i.outcome = 'new';
      end if;
      return query
        select i.ord::integer, case i.outcome when 'new' then 'committed' else i.outcome end,
          v_observed[i.ord]
        from unnest(v_outcomes) with ordinality as i (outcome, ord) order by i.ord;
    end $$`.execute(db);
  await sql`
    create function registry.lock_instructions(p_instructions uuid[]) returns void
    language plpgsql as $$
    begin
      perform 1 from registry.security_state s
      where s.security_id in (select c.security_id from registry.claim c
                              where c.instruction_id = any(p_instructions))
      order by s.security_id for no key update;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.commit_reservations(uuid[], uuid[], integer[], date, timestamptz, text, bytea),
      registry.lock_instructions(uuid[]) to registry`.execute(db);
}
