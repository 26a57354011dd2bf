/** Initial registration of an issue, and its reversal while nothing has moved since. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createIssueSlices(db);
  await createIssueFacts(db);
  await createPostIssue(db);
}

/** Shares leave the issue account for the holders (p_sign 1) or go back to it (-1). */
async function createIssueSlices(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.post_issue_slices(
      p_moves registry.holding_move[], p_event uuid, p_lot uuid, p_sign integer, p_issue uuid
    ) returns void language plpgsql as $$
    declare v_count bigint;
    begin
      if p_sign = 1 then
        insert into registry.slice (security_id, account_id, nature, lot, claim_set, mask, quantity)
        select m.security_id, m.account_id, m.nature, p_lot, 0, 0, m.total_change
        from unnest(p_moves) as m;
      else
        delete from registry.slice s using unnest(p_moves) as m
        where s.security_id = m.security_id and s.account_id = m.account_id
          and s.nature = m.nature and s.lot = p_lot and s.claim_set = 0
          and s.quantity = -m.total_change;
      end if;
      get diagnostics v_count = row_count;
      if v_count <> cardinality(p_moves) then
        raise exception 'the slices of the issue have moved' using errcode = 'check_violation';
      end if;
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select p_event, row_number() over (order by x.line, x.nature, x.ord), x.security_id,
        x.account_id, x.nature, p_lot, 0, x.delta, x.after
      from (select 0 as line, 0 as ord, m.security_id, p_issue as account_id, m.nature,
              -sum(m.total_change) as delta,
              case p_sign when 1 then -sum(m.total_change) else 0 end as after
            from unnest(p_moves) as m group by m.security_id, m.nature
            union all
            select 1, row_number() over (), m.security_id, m.account_id, m.nature, m.total_change,
              case p_sign when 1 then m.total_change else 0 end
            from unnest(p_moves) as m) x;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.post_issue_slices(registry.holding_move[], uuid, uuid, integer, uuid)
    to registry`.execute(db);
}

/** The issuer's subject with its number of holders, then one registration for each row. */
async function createIssueFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.issue_facts(
      p_security uuid, p_moves registry.holding_move[], p_salts text[], p_cause text,
      p_holders integer
    ) returns jsonb language plpgsql as $$
    declare
      v_issuer jsonb := registry.next_issuer_fact(p_security, p_holders,
        p_salts[cardinality(p_moves) + 1]);
      v_rows jsonb;
    begin
      select jsonb_agg(jsonb_build_object(
          'objectId', 'REG-' || m.registration_id, 'version', m.version, 'revision', 0,
          'class', 'registration',
          'operation', case m.version when 0 then 'create' else 'update' end,
          'keyOwnerKind', 'security', 'keyOwnerId', p_security,
          'refs', jsonb_build_array(
            registry.pinned('register_subject_ref', 'SUB-' || u.id, u.version),
            registry.pinned('register_subject_account_ref', 'ACC-' || a.id, a.version),
            registry.pinned('register_product_ref', 'PRD-' || y.id, y.version)),
          'salt', p_salts[m.at],
          'figures', jsonb_build_object(
            'cause', p_cause, 'subjectKind', u.kind, 'natureCode', m.nature,
            'available', registry.change_figures(m.available, m.total_change),
            'pledged', registry.change_figures(m.pledged, 0),
            'frozen', registry.change_figures(m.frozen, 0))) order by m.at)
      into v_rows
      from (select x.*, row_number() over () as at from unnest(p_moves) as x) m
      join registry.subject u on u.id = m.subject_id
      join registry.account a on a.id = m.account_id
      join registry.security y on y.id = m.security_id;
      return jsonb_build_array(v_issuer) || v_rows;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.issue_facts(uuid, registry.holding_move[], text[], text, integer)
    to registry`.execute(db);
}

/**
 * Posts all rows in one event (more events where the objects need them); the caller has checked
 * totals, limits and what has moved. The salts are one a row and one more for the issuer.
 */
async function createPostIssue(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.post_issue(
      p_security uuid, p_sign integer, p_lot uuid, p_event_ids uuid[], p_accounts uuid[],
      p_natures smallint[], p_quantities bigint[], p_registrations uuid[], p_salts text[],
      p_limit integer, p_business_key text, p_effective_on date, p_recorded_at timestamptz,
      p_actor text, p_payload_hash bytea, p_reason text
    ) returns table (event_id uuid, sequence bigint)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_state registry.security_state;
      v_moves registry.holding_move[];
      v_holders integer := 0;
      v_total bigint;
      v_entry registry.book_entry;
    begin
      select s.* into strict v_state from registry.security_state s
      where s.security_id = p_security for no key update;
      v_moves := array(
        select row(1, (1 + p_sign) / 2, p_event_ids[1], p_security, a.id, r.nature, a.subject_id,
          coalesce(h.registration_id, r.registration_id), coalesce(h.version, -1) + 1,
          h.version is null, true, p_sign * r.quantity, 0, p_sign * r.quantity,
          coalesce(h.total, 0) + p_sign * r.quantity,
          coalesce(h.available, 0) + p_sign * r.quantity, coalesce(h.pledged, 0),
          coalesce(h.frozen, 0))::registry.holding_move
        from unnest(p_accounts, p_natures, p_quantities, p_registrations) with ordinality as r
          (account_id, nature, quantity, registration_id, ord)
        join registry.account a on a.id = r.account_id
        left join registry.holding h on h.security_id = p_security
          and h.account_id = r.account_id and h.nature = r.nature
        order by r.ord);
      if cardinality(v_moves) <> cardinality(p_accounts) then
        raise exception 'a row names no account' using errcode = 'check_violation';
      end if;
      if p_sign = 1 then
        insert into registry.holder_place (security_id, subject_id, held, awaited)
        select distinct p_security, m.subject_id, true, false from unnest(v_moves) as m;
        select count(distinct i.identity) into v_holders from registry.holder_place p
        join registry.holder_identity i on i.subject_id = p.subject_id
        where p.security_id = p_security;
      else
        delete from registry.holder_place p where p.security_id = p_security;
      end if;
      v_total := p_sign * (select sum(x) from unnest(p_quantities) as x);
      update registry.security_state s set
        issued = s.issued + v_total, held = s.held + v_total, holders = v_holders,
        places = v_holders,
        holder_limit = case p_sign when 1 then p_limit else s.holder_limit end
      where s.security_id = p_security;
      perform registry.append_event(p_security,
        case p_sign when 1 then 'initial-registration' else 'initial-registration-reversed' end,
        p_effective_on, p_recorded_at, p_actor, p_business_key, p_payload_hash, p_event_ids,
        registry.issue_facts(p_security, v_moves, p_salts,
          case p_sign when 1 then 'initial' else 'initial-reversal' end, v_holders),
        null, p_reason);
      select 1, j.event_id, j.security_id, j.sequence, j.recorded_at into strict v_entry
      from registry.journal j where j.event_id = p_event_ids[1];
      perform registry.post_issue_slices(v_moves, p_event_ids[1], p_lot, p_sign,
        v_state.issue_account_id);
      perform registry.post_holding_moves(v_moves, array[v_entry], p_effective_on);
      return query
        select j.event_id, j.sequence from registry.journal j
        where j.event_id = any(p_event_ids) order by j.sequence;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.post_issue(uuid, integer, uuid, uuid[], uuid[], smallint[], bigint[], uuid[], text[],
        integer, text, date, timestamptz, text, bytea, text)
    to registry`.execute(db);
}
