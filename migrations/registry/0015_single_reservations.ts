/** One reservation, one commitment: the same postings as the batch, in fewer and simpler steps. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createEnterEvent(db);
  await createReserveOne(db);
  await createCommitOne(db);
}

/** As enter_events, for one event; the caller holds the row of the security. */
async function createEnterEvent(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.enter_event(
      p_state registry.security_state, p_event uuid, p_kind text, p_key text, p_claim bigint,
      p_effective_on date, p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns registry.book_entry language plpgsql as $$
    declare v_entry registry.book_entry;
    begin
      if p_state.last_effective_on > p_effective_on then
        raise exception 'business dates of a security only move forward'
          using errcode = 'check_violation';
      end if;
      v_entry.ord := 1;
      v_entry.event_id := p_event;
      v_entry.security_id := p_state.security_id;
      v_entry.sequence := p_state.last_sequence + 1;
      v_entry.recorded_at := greatest(p_state.last_recorded_at, p_recorded_at);
      update registry.security_state s set last_sequence = v_entry.sequence,
        last_recorded_at = v_entry.recorded_at, last_effective_on = p_effective_on
      where s.security_id = p_state.security_id;
      insert into registry.journal (event_id, security_id, sequence, kind, effective_on,
        recorded_at, actor, business_key, payload_hash, claim_id)
      values (p_event, v_entry.security_id, v_entry.sequence, p_kind, p_effective_on,
        v_entry.recorded_at, p_actor, p_key, p_payload_hash, p_claim);
      insert into registry.outbox (book, sequence, event_id, topic, recorded_at)
      values ('security:' || v_entry.security_id, v_entry.sequence, p_event, 'registry.events',
        v_entry.recorded_at);
      return v_entry;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.enter_event(registry.security_state, uuid, text, text,
      bigint, date, timestamptz, text, bytea) to registry`.execute(db);
}

/** What is not plainly new and possible is answered by the batch function, which knows the rest. */
async function createReserveOne(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.reserve_one(
      p_instruction uuid, p_event uuid, p_security uuid, p_seller uuid, p_buyer uuid,
      p_nature smallint, p_quantity bigint, p_deadline timestamptz, p_effective_on date,
      p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, claim_id bigint, observed bigint)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_state registry.security_state;
      v_holding registry.holding;
      v_buyer uuid;
      v_claim bigint;
      v_slice registry.slice;
      v_lots uuid[] := '{}';
      v_taken bigint[] := '{}';
      v_before bigint[] := '{}';
      v_left bigint := p_quantity;
    begin
      select s.* into v_state from registry.security_state s
      where s.security_id = p_security for no key update;
      select h.* into v_holding from registry.holding h
      where h.security_id = p_security and h.account_id = p_seller and h.nature = p_nature;
      select a.subject_id into v_buyer from registry.account a where a.id = p_buyer;
      if v_holding.free is null or v_holding.free < p_quantity or v_buyer is null
          or exists (select 1 from registry.claim c where c.instruction_id = p_instruction) then
        return query select * from registry.reserve_shares(array[p_instruction], array[p_event],
          array[p_security], array[p_seller], array[p_buyer], array[p_nature], array[p_quantity],
          array[p_deadline], p_effective_on, p_recorded_at, p_actor, p_payload_hash);
        return;
      end if;
      v_claim := nextval('registry.claim_id_seq');
      for v_slice in
        select s.* from registry.slice s where s.security_id = p_security
          and s.account_id = p_seller and s.nature = p_nature and s.mask = 0
        order by s.lot
      loop
        v_lots := v_lots || v_slice.lot;
        v_taken := v_taken || least(v_slice.quantity, v_left);
        v_before := v_before || v_slice.quantity;
        if v_slice.quantity <= v_left then
          update registry.slice s set claim_set = v_claim, mask = 1
          where s.security_id = p_security and s.account_id = p_seller and s.nature = p_nature
            and s.lot = v_slice.lot and s.claim_set = 0;
        else
          update registry.slice s set quantity = s.quantity - v_left
          where s.security_id = p_security and s.account_id = p_seller and s.nature = p_nature
            and s.lot = v_slice.lot and s.claim_set = 0;
          insert into registry.slice
            (security_id, account_id, nature, lot, claim_set, mask, quantity)
          values (p_security, p_seller, p_nature, v_slice.lot, v_claim, 1, v_left);
        end if;
        v_left := v_left - least(v_slice.quantity, v_left);
        exit when v_left = 0;
      end loop;
      if v_left > 0 then
        raise exception 'free shares and slices do not match' using errcode = 'check_violation';
      end if;
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select p_event, x.line * 2 - 1 + side.at, p_security, p_seller, p_nature, v_lots[x.line],
        side.at * v_claim, (2 * side.at - 1) * v_taken[x.line],
        case side.at when 0 then v_before[x.line] - v_taken[x.line] else v_taken[x.line] end
      from generate_subscripts(v_lots, 1) as x (line) cross join (values (0), (1)) as side (at);
      update registry.holding h set free = h.free - p_quantity, reserved = h.reserved + p_quantity
      where h.security_id = p_security and h.account_id = p_seller and h.nature = p_nature;
      insert into registry.claim (id, kind, instruction_id, security_id, account_id, subject_id,
        nature, buyer_account_id, buyer_subject_id, asked, deadline, placed_event_id, state,
        active, waiting, released, last_event_id)
      overriding system value
      values (v_claim, 'reservation', p_instruction, p_security, p_seller, v_holding.subject_id,
        p_nature, p_buyer, v_buyer, p_quantity, p_deadline, p_event, 'reserved', p_quantity, 0, 0,
        p_event);
      perform registry.enter_event(v_state, p_event, 'shares-reserved',
        'reserve:' || p_instruction, v_claim, p_effective_on, p_recorded_at, p_actor,
        p_payload_hash);
      return query select 1, 'reserved', v_claim, v_holding.free;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.reserve_one(uuid, uuid, uuid, uuid, uuid, smallint, bigint,
      timestamptz, date, timestamptz, text, bytea) to registry`.execute(db);
}

/** A buyer without a place, and whatever is not merely reserved, goes to the batch function. */
async function createCommitOne(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.commit_one(
      p_instruction uuid, p_event uuid, p_limit integer, p_effective_on date,
      p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, observed bigint)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_state registry.security_state;
      v_claim registry.claim;
    begin
      select s.* into v_state from registry.security_state s
      where s.security_id = (select c.security_id from registry.claim c
                             where c.instruction_id = p_instruction)
      for no key update;
      select c.* into v_claim from registry.claim c where c.instruction_id = p_instruction;
      if v_claim.state is distinct from 'reserved' or v_claim.deadline <= p_recorded_at
          or not exists (select 1 from registry.holder_place p
                         where p.security_id = v_claim.security_id
                           and p.subject_id = v_claim.buyer_subject_id
                           and p.held and p.leaving_by is null) then
        return query select * from registry.commit_reservations(array[p_instruction],
          array[p_event], array[p_limit], p_effective_on, p_recorded_at, p_actor, p_payload_hash);
        return;
      end if;
      update registry.claim c set state = 'committed', last_event_id = p_event
      where c.id = v_claim.id;
      perform registry.enter_event(v_state, p_event, 'reservation-committed',
        'commit:' || p_instruction, v_claim.id, p_effective_on, p_recorded_at, p_actor,
        p_payload_hash);
      return query select 1, 'committed', null::bigint;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.commit_one(uuid, uuid, integer, date, timestamptz, text,
      bytea) to registry`.execute(db);
}
