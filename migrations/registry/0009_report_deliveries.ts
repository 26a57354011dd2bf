/** Facts of the objects that a delivery or its reversal reports, and the record of the trade. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createIssuerFacts(db);
  await createTradeRecord(db);
  await createDeliveryFacts(db);
}

/** The issuer's subject gets a version where its number of holders changes, and only there. */
async function createIssuerFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.next_issuer_fact(p_security uuid, p_holders integer, p_salt text)
    returns jsonb language plpgsql as $$
    declare
      v_issuer uuid;
      v_version bigint;
      v_last registry.object_fact;
    begin
      update registry.subject u set
        shareholders_number = p_holders, version = u.version + 1, revision = 0
      from registry.security_state s
      where s.security_id = p_security and u.id = s.issuer_subject_id
      returning u.id, u.version into strict v_issuer, v_version;
      select f.* into strict v_last from registry.object_fact f
      where f.object_id = 'SUB-' || v_issuer and f.version = v_version - 1
      order by f.revision desc limit 1;
      return jsonb_build_object('objectId', v_last.object_id, 'version', v_version, 'revision', 0,
        'class', 'subject', 'operation', 'update', 'keyOwnerKind', v_last.key_owner_kind,
        'keyOwnerId', v_last.key_owner_id, 'refs', v_last.refs, 'salt', p_salt,
        'figures', v_last.figures || jsonb_build_object('shareholdersNumber', p_holders));
    end $$`.execute(db);
  await sql`
    create function registry.report_holders(
      p_changes registry.holder_change[], p_at_seconds bigint
    ) returns void language plpgsql as $$
    declare
      v_change registry.holder_change;
      v_fact jsonb;
    begin
      foreach v_change in array p_changes loop
        v_fact := registry.next_issuer_fact(v_change.security_id, v_change.holders, v_change.salt);
        insert into registry.object_fact (event_id, line, object_id, version, revision, class,
          operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, figures)
        values (v_change.event_id, 1, v_fact->>'objectId', (v_fact->>'version')::bigint, 0,
          'subject', 'update', '2.0.0', p_at_seconds, v_fact->>'keyOwnerKind',
          (v_fact->>'keyOwnerId')::uuid, v_fact->'refs', v_fact->>'salt', v_fact->'figures');
      end loop;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.next_issuer_fact(uuid, integer, text),
      registry.report_holders(registry.holder_change[], bigint)
    to registry`.execute(db);
}

async function createTradeRecord(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.pinned(p_path text, p_object text, p_version bigint)
    returns jsonb language sql stable as $$
      select jsonb_build_object('path', p_path, 'objectId', p_object, 'version', p_version::text)
    $$`.execute(db);
  await sql`
    create function registry.object_version(p_object text, p_version bigint)
    returns jsonb language sql stable as $$
      select jsonb_build_object('objectId', p_object, 'version', p_version::text)
    $$`.execute(db);
  await sql`
    create function registry.change_figures(p_after bigint, p_change bigint)
    returns jsonb language sql stable as $$
      select jsonb_build_array((p_after - p_change)::text, p_change::text, p_after::text)
    $$`.execute(db);
  await sql`
    create function registry.record_trades(
      p_items registry.delivery_item[], p_effective_on date
    ) returns void language plpgsql as $$
    begin
      insert into registry.trade (event_id, instruction_id, claim_id, reverses_event_id,
        security_id, seller_account_id, buyer_account_id, seller_subject_id, buyer_subject_id,
        nature, quantity, traded_on, unit_price, amount_fen, method, agreement_hash,
        agreement_number, deal_time, refs)
      select i.event_id, i.instruction_id, i.claim_id, i.reverses_event_id, i.security_id,
        i.seller_account_id, i.buyer_account_id, i.seller_subject_id, i.buyer_subject_id, i.nature,
        i.quantity, p_effective_on, i.unit_price, i.amount_fen, i.method, i.agreement_hash,
        i.agreement_number, i.deal_time,
        jsonb_build_object(
          'transferReport', registry.object_version('TRD-' || i.trade_id, 0),
          'product', registry.object_version('PRD-' || y.id, y.version),
          'sellerFundAccount', registry.object_version('ACC-' || sf.id, sf.version),
          'buyerFundAccount', registry.object_version('ACC-' || bf.id, bf.version),
          'seller', registry.object_version('SUB-' || ss.id, ss.version),
          'buyer', registry.object_version('SUB-' || bs.id, bs.version))
      from unnest(p_items) as i
      join registry.security y on y.id = i.security_id
      join registry.subject ss on ss.id = i.seller_subject_id
      join registry.subject bs on bs.id = i.buyer_subject_id
      left join registry.account sf on sf.linked_account_id = i.seller_account_id
      left join registry.account bf on bf.linked_account_id = i.buyer_account_id;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.pinned(text, text, bigint), registry.object_version(text, bigint),
      registry.change_figures(bigint, bigint),
      registry.record_trades(registry.delivery_item[], date)
    to registry`.execute(db);
}

/** Transaction report, registration of the giver, registration of the receiver. */
async function createDeliveryFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.report_deliveries(
      p_items registry.delivery_item[], p_moves registry.holding_move[],
      p_changes registry.holder_change[], p_at_seconds bigint
    ) returns void language plpgsql as $$
    declare
      v_change registry.holder_change;
      v_shift integer[] := array_fill(0, array[cardinality(p_items)]);
    begin
      foreach v_change in array p_changes loop
        v_shift[v_change.ord] := 1;
      end loop;
      insert into registry.object_fact (event_id, line, object_id, version, revision, class,
        operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, figures)
      select i.event_id, 1 + v_shift[i.ord], 'TRD-' || i.trade_id, 0, 0, 'transactionreport',
        'create', '2.0.0', p_at_seconds, 'security', i.security_id,
        jsonb_build_array(
          registry.pinned('transaction_custody_product_ref', 'PRD-' || y.id, y.version),
          registry.pinned('transaction_investor_original_ref', 'SUB-' || ss.id, ss.version),
          registry.pinned('transaction_investor_counterparty_ref', 'SUB-' || bs.id, bs.version)),
        substr(i.salts, 33, 32),
        jsonb_build_object(
          'purpose', case when o.event_id is null then 'trade' else 'reversal' end,
          'serial', i.instruction_id, 'quantity', i.quantity::text,
          'unitPrice', round(i.unit_price, 4)::text, 'method', i.method,
          'agreementHash', i.agreement_hash, 'agreementNumber', i.agreement_number,
          'dealTime', to_char(i.deal_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'reverses', o.refs->'transferReport')
      from unnest(p_items) as i
      join registry.security y on y.id = i.security_id
      join registry.subject ss on ss.id = i.seller_subject_id
      join registry.subject bs on bs.id = i.buyer_subject_id
      left join registry.trade o on o.event_id = i.reverses_event_id;
      insert into registry.object_fact (event_id, line, object_id, version, revision, class,
        operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, figures)
      select m.event_id, 2 + m.leg + v_shift[m.ord], 'REG-' || m.registration_id, m.version, 0,
        'registration', case m.version when 0 then 'create' else 'update' end, '2.0.0',
        p_at_seconds, 'security', m.security_id,
        jsonb_build_array(
          registry.pinned('register_subject_ref', 'SUB-' || u.id, u.version),
          registry.pinned('register_subject_account_ref', 'ACC-' || a.id, a.version),
          registry.pinned('register_product_ref', 'PRD-' || y.id, y.version),
          registry.pinned('register_transaction_ref', 'TRD-' || (p_items[m.ord]).trade_id, 0)),
        substr((p_items[m.ord]).salts, 65 + 32 * m.leg, 32),
        jsonb_build_object(
          'cause', case when (p_items[m.ord]).reverses_event_id is null then 'trade'
                        else 'reversal' end,
          'subjectKind', u.kind, 'natureCode', m.nature,
          'available', registry.change_figures(m.available, m.total_change),
          'pledged', registry.change_figures(m.pledged, 0),
          'frozen', registry.change_figures(m.frozen, 0))
      from unnest(p_moves) as m
      join registry.subject u on u.id = m.subject_id
      join registry.account a on a.id = m.account_id
      join registry.security y on y.id = m.security_id;
    end $$`.execute(db);
  await sql`
    grant execute on function
      registry.report_deliveries(registry.delivery_item[], registry.holding_move[],
        registry.holder_change[], bigint)
    to registry`.execute(db);
}
