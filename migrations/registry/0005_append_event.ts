/** Appends an event to a book: its sequence, its journal entry, its facts and its outbox row. */
import { type Kysely, sql } from 'kysely';

/** Objects of one published event at most; more take consecutive sequences. */
const OBJECTS_MAX = 1000;

export async function up(db: Kysely<unknown>): Promise<void> {
  await createNextSequences(db);
  await createAppendEvent(db);
}

/**
 * Takes `p_count` sequences of a book (null: the parties) under its row lock. Recorded time never
 * runs back within a book, business dates never within a security.
 */
async function createNextSequences(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.take_sequences(
      p_security uuid, p_count integer, p_effective_on date, p_recorded_at timestamptz,
      out first_sequence bigint, out recorded_at timestamptz
    ) language plpgsql as $$
    declare v_last_effective_on date;
    begin
      if p_security is null then
        update registry.parties_book b set
          last_sequence = b.last_sequence + p_count,
          last_recorded_at = greatest(b.last_recorded_at, p_recorded_at)
        returning b.last_sequence - p_count + 1, b.last_recorded_at
        into strict first_sequence, recorded_at;
        return;
      end if;
      update registry.security_state s set
        last_sequence = s.last_sequence + p_count,
        last_recorded_at = greatest(s.last_recorded_at, p_recorded_at),
        last_effective_on = greatest(s.last_effective_on, p_effective_on)
      where s.security_id = p_security
      returning s.last_sequence - p_count + 1, s.last_recorded_at, s.last_effective_on
      into strict first_sequence, recorded_at, v_last_effective_on;
      if v_last_effective_on > p_effective_on then
        raise exception 'business dates of a security only move forward'
          using errcode = 'check_violation';
      end if;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.take_sequences(uuid, integer, date, timestamptz)
    to registry`.execute(db);
}

async function createAppendEvent(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.append_event(
      p_security uuid, p_kind text, p_effective_on date, p_recorded_at timestamptz, p_actor text,
      p_business_key text, p_payload_hash bytea, p_event_ids uuid[], p_facts jsonb,
      p_claim_id bigint, p_reason text
    ) returns table (event_id uuid, sequence bigint) language plpgsql as $$
    #variable_conflict use_column
    declare
      v_first bigint;
      v_recorded_at timestamptz;
      v_count integer := cardinality(p_event_ids);
    begin
      if v_count <> greatest(1, (jsonb_array_length(p_facts) + ${sql.lit(OBJECTS_MAX - 1)})
                                / ${sql.lit(OBJECTS_MAX)}) then
        raise exception 'event ids and facts do not match' using errcode = 'check_violation';
      end if;
      select first_sequence, recorded_at into v_first, v_recorded_at
      from registry.take_sequences(p_security, v_count, p_effective_on, p_recorded_at);
      insert into registry.journal (event_id, security_id, sequence, kind, effective_on,
        recorded_at, actor, business_key, payload_hash, claim_id, reason)
      select e.id, p_security, v_first + e.ord - 1, p_kind, p_effective_on, v_recorded_at, p_actor,
        p_business_key || case when e.ord = 1 then '' else '#' || e.ord end,
        p_payload_hash, p_claim_id, p_reason
      from unnest(p_event_ids) with ordinality as e (id, ord);
      insert into registry.object_fact (event_id, line, object_id, version, revision, class,
        operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, corrects,
        figures)
      select p_event_ids[(f.ord - 1) / ${sql.lit(OBJECTS_MAX)} + 1],
        (f.ord - 1) % ${sql.lit(OBJECTS_MAX)} + 1,
        f.fact->>'objectId', (f.fact->>'version')::bigint, (f.fact->>'revision')::bigint,
        f.fact->>'class', f.fact->>'operation', '2.0.0',
        floor(extract(epoch from v_recorded_at))::bigint,
        f.fact->>'keyOwnerKind', (f.fact->>'keyOwnerId')::uuid, f.fact->'refs', f.fact->>'salt',
        (f.fact->>'corrects')::bigint, f.fact->'figures'
      from jsonb_array_elements(p_facts) with ordinality as f (fact, ord);
      insert into registry.outbox (book, sequence, event_id, topic, recorded_at)
      select coalesce('security:' || p_security, 'parties'), v_first + e.ord - 1, e.id,
        'registry.events', v_recorded_at
      from unnest(p_event_ids) with ordinality as e (id, ord);
      return query select e.id, v_first + e.ord - 1
        from unnest(p_event_ids) with ordinality as e (id, ord);
    end $$`.execute(db);
  await sql`
    grant execute on function registry.append_event(uuid, text, date, timestamptz, text, text,
      bytea, uuid[], jsonb, bigint, text) to registry`.execute(db);
}
