/** One delivery between two holders: the same postings and facts as the batch, in fewer steps. */
import { type Kysely, sql } from 'kysely';
import { byIndex } from './ledger/by-index.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPostOne(db);
  await createReportOne(db);
  await createDeliverOne(db);
}

/** Slices, postings, holdings and history of a delivery that nobody's place depends on. */
async function createPostOne(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.post_one_delivery(
      p_claim registry.claim, p_seller registry.holding, p_buyer registry.holding,
      p_entry registry.book_entry, p_effective_on date
    ) returns void language plpgsql as $$
    declare v_gone bigint;
    begin
      insert into registry.posting (event_id, line, security_id, account_id, nature, lot,
        claim_set, delta, after)
      select p_entry.event_id, 1 + row_number() over (order by s.lot), s.security_id, s.account_id,
        s.nature, s.lot, s.claim_set, -s.quantity, 0
      from registry.slice s
      where s.security_id = p_claim.security_id and s.account_id = p_claim.account_id
        and s.nature = p_claim.nature and s.claim_set = p_claim.id
      union all
      select p_entry.event_id, 1, p_claim.security_id, p_claim.buyer_account_id, p_claim.nature,
        p_entry.event_id, 0, p_claim.asked, p_claim.asked;
      with gone as (
        delete from registry.slice s
        where s.security_id = p_claim.security_id and s.account_id = p_claim.account_id
          and s.nature = p_claim.nature and s.claim_set = p_claim.id
        returning s.quantity)
      select sum(g.quantity) into v_gone from gone g;
      if v_gone is distinct from p_claim.asked then
        raise exception 'a committed reservation does not hold its shares'
          using errcode = 'check_violation';
      end if;
      insert into registry.slice (security_id, account_id, nature, lot, claim_set, mask, quantity)
      values (p_claim.security_id, p_claim.buyer_account_id, p_claim.nature, p_entry.event_id, 0,
        0, p_claim.asked);
      update registry.holding h set version = h.version + 1, total = h.total - p_claim.asked,
        available = h.available - p_claim.asked, reserved = h.reserved - p_claim.asked
      where h.security_id = p_seller.security_id and h.account_id = p_seller.account_id
        and h.nature = p_seller.nature;
      update registry.holding h set version = h.version + 1, total = h.total + p_claim.asked,
        available = h.available + p_claim.asked, free = h.free + p_claim.asked
      where h.security_id = p_buyer.security_id and h.account_id = p_buyer.account_id
        and h.nature = p_buyer.nature;
      insert into registry.holding_history (security_id, account_id, nature, version, event_id,
        effective_on, recorded_at, total, available, pledged, frozen, total_change,
        available_change, pledged_change, frozen_change)
      values (p_seller.security_id, p_seller.account_id, p_seller.nature, p_seller.version + 1,
          p_entry.event_id, p_effective_on, p_entry.recorded_at, p_seller.total - p_claim.asked,
          p_seller.available - p_claim.asked, p_seller.pledged, p_seller.frozen, -p_claim.asked,
          -p_claim.asked, 0, 0),
        (p_buyer.security_id, p_buyer.account_id, p_buyer.nature, p_buyer.version + 1,
          p_entry.event_id, p_effective_on, p_entry.recorded_at, p_buyer.total + p_claim.asked,
          p_buyer.available + p_claim.asked, p_buyer.pledged, p_buyer.frozen, p_claim.asked,
          p_claim.asked, 0, 0);
    end $$`.execute(db);
  await sql`
    grant execute on function registry.post_one_delivery(registry.claim, registry.holding,
      registry.holding, registry.book_entry, date) to registry`.execute(db);
}

/** The transaction report and both registrations; the versions are pinned by the caller. */
async function createReportOne(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.report_one_delivery(
      p_item registry.delivery_item, p_seller registry.holding, p_buyer registry.holding,
      p_pins jsonb, p_kinds text[], p_at_seconds bigint
    ) returns void language plpgsql as $$
    declare
      v_report text := 'TRD-' || p_item.trade_id;
      v_product jsonb := p_pins->'product';
    begin
      insert into registry.object_fact (event_id, line, object_id, version, revision, class,
        operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, figures)
      values (p_item.event_id, 1, v_report, 0, 0, 'transactionreport', 'create', '2.0.0',
        p_at_seconds, 'security', p_item.security_id,
        jsonb_build_array(
          v_product || jsonb_build_object('path', 'transaction_custody_product_ref'),
          (p_pins->'seller') || jsonb_build_object('path', 'transaction_investor_original_ref'),
          (p_pins->'buyer') || jsonb_build_object('path', 'transaction_investor_counterparty_ref')),
        substr(p_item.salts, 33, 32),
        jsonb_build_object('purpose', 'trade', 'serial', p_item.instruction_id,
          'quantity', p_item.quantity::text, 'unitPrice', round(p_item.unit_price, 4)::text,
          'method', p_item.method, 'agreementHash', p_item.agreement_hash,
          'agreementNumber', p_item.agreement_number,
          'dealTime', to_char(p_item.deal_time at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'reverses', null)),
      (p_item.event_id, 2, 'REG-' || p_seller.registration_id, p_seller.version + 1, 0,
        'registration', 'update', '2.0.0', p_at_seconds, 'security', p_item.security_id,
        jsonb_build_array(
          (p_pins->'seller') || jsonb_build_object('path', 'register_subject_ref'),
          (p_pins->'sellerAccount') || jsonb_build_object('path', 'register_subject_account_ref'),
          v_product || jsonb_build_object('path', 'register_product_ref'),
          registry.pinned('register_transaction_ref', v_report, 0)),
        substr(p_item.salts, 65, 32),
        jsonb_build_object('cause', 'trade', 'subjectKind', p_kinds[1],
          'natureCode', p_item.nature,
          'available', registry.change_figures(p_seller.available - p_item.quantity,
            -p_item.quantity),
          'pledged', registry.change_figures(p_seller.pledged, 0),
          'frozen', registry.change_figures(p_seller.frozen, 0))),
      (p_item.event_id, 3, 'REG-' || p_buyer.registration_id, p_buyer.version + 1, 0,
        'registration', 'update', '2.0.0', p_at_seconds, 'security', p_item.security_id,
        jsonb_build_array(
          (p_pins->'buyer') || jsonb_build_object('path', 'register_subject_ref'),
          (p_pins->'buyerAccount') || jsonb_build_object('path', 'register_subject_account_ref'),
          v_product || jsonb_build_object('path', 'register_product_ref'),
          registry.pinned('register_transaction_ref', v_report, 0)),
        substr(p_item.salts, 97, 32),
        jsonb_build_object('cause', 'trade', 'subjectKind', p_kinds[2],
          'natureCode', p_item.nature,
          'available', registry.change_figures(p_buyer.available + p_item.quantity,
            p_item.quantity),
          'pledged', registry.change_figures(p_buyer.pledged, 0),
          'frozen', registry.change_figures(p_buyer.frozen, 0)));
    end $$`.execute(db);
  await sql`
    grant execute on function registry.report_one_delivery(registry.delivery_item,
      registry.holding, registry.holding, jsonb, text[], bigint) to registry`.execute(db);
}

/**
 * Where a holder comes or goes, or a place passes on, and for whatever is not committed, the batch
 * function answers.
 */
async function createDeliverOne(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function registry.deliver_one(
      p_instruction uuid, p_event uuid, p_trade uuid, p_registration uuid, p_salts text,
      p_unit_price numeric, p_amount bigint, p_method text, p_agreement_hash text,
      p_agreement_number text, p_deal_time timestamptz, p_effective_on date,
      p_recorded_at timestamptz, p_actor text, p_payload_hash bytea
    ) returns table (ord integer, outcome text, event_id uuid, security_id uuid, sequence bigint,
      effective_on date, refs jsonb)
    language plpgsql ${byIndex} as $$
    #variable_conflict use_column
    declare
      v_state registry.security_state;
      v_claim registry.claim;
      v_seller registry.holding;
      v_buyer registry.holding;
      v_entry registry.book_entry;
      v_item registry.delivery_item;
      v_pins jsonb;
      v_kinds text[];
      v_refs jsonb;
    begin
      select s.* into v_state from registry.security_state s
      where s.security_id = (select c.security_id from registry.claim c
                             where c.instruction_id = p_instruction)
      for no key update;
      select c.* into v_claim from registry.claim c where c.instruction_id = p_instruction;
      select h.* into v_seller from registry.holding h where h.security_id = v_claim.security_id
        and h.account_id = v_claim.account_id and h.nature = v_claim.nature;
      select h.* into v_buyer from registry.holding h where h.security_id = v_claim.security_id
        and h.account_id = v_claim.buyer_account_id and h.nature = v_claim.nature;
      if v_claim.state is distinct from 'committed' or v_seller.total <= v_claim.asked
          or coalesce(v_buyer.total, 0) = 0
          or exists (select 1 from registry.holder_place p
                     where p.security_id = v_claim.security_id and p.leaving_by is not null) then
        return query select * from registry.deliver_shares(array[p_instruction], array[p_event],
          array[p_trade], array[p_registration], array[p_salts], array[p_unit_price],
          array[p_amount], array[p_method], array[p_agreement_hash], array[p_agreement_number],
          array[p_deal_time], p_effective_on, p_recorded_at, p_actor, p_payload_hash);
        return;
      end if;
      v_item := row(1, p_instruction, p_event, p_trade, p_registration, p_salts, v_claim.id,
        v_claim.security_id, v_claim.account_id, v_claim.buyer_account_id, v_claim.subject_id,
        v_claim.buyer_subject_id, v_claim.nature, v_claim.asked, p_unit_price, p_amount, p_method,
        p_agreement_hash, p_agreement_number, p_deal_time, null);
      select jsonb_build_object(
          'product', registry.object_version('PRD-' || y.id, y.version),
          'seller', registry.object_version('SUB-' || ss.id, ss.version),
          'buyer', registry.object_version('SUB-' || bs.id, bs.version),
          'sellerAccount', registry.object_version('ACC-' || sa.id, sa.version),
          'buyerAccount', registry.object_version('ACC-' || ba.id, ba.version),
          'sellerFundAccount', registry.object_version('ACC-' || sf.id, sf.version),
          'buyerFundAccount', registry.object_version('ACC-' || bf.id, bf.version)),
        array[ss.kind, bs.kind]
      into strict v_pins, v_kinds
      from registry.security y
      join registry.subject ss on ss.id = v_claim.subject_id
      join registry.subject bs on bs.id = v_claim.buyer_subject_id
      join registry.account sa on sa.id = v_claim.account_id
      join registry.account ba on ba.id = v_claim.buyer_account_id
      left join registry.account sf on sf.linked_account_id = v_claim.account_id
      left join registry.account bf on bf.linked_account_id = v_claim.buyer_account_id
      where y.id = v_claim.security_id;
      v_entry := registry.enter_event(v_state, p_event, 'shares-delivered',
        'deliver:' || p_instruction, v_claim.id, p_effective_on, p_recorded_at, p_actor,
        p_payload_hash);
      perform registry.post_one_delivery(v_claim, v_seller, v_buyer, v_entry, p_effective_on);
      v_refs := (v_pins - 'sellerAccount' - 'buyerAccount')
        || jsonb_build_object('transferReport', registry.object_version('TRD-' || p_trade, 0));
      insert into registry.trade (event_id, instruction_id, claim_id, security_id,
        seller_account_id, buyer_account_id, seller_subject_id, buyer_subject_id, nature, quantity,
        traded_on, unit_price, amount_fen, method, agreement_hash, agreement_number, deal_time,
        refs)
      values (p_event, p_instruction, v_claim.id, v_claim.security_id, v_claim.account_id,
        v_claim.buyer_account_id, v_claim.subject_id, v_claim.buyer_subject_id, v_claim.nature,
        v_claim.asked, p_effective_on, p_unit_price, p_amount, p_method, p_agreement_hash,
        p_agreement_number, p_deal_time, v_refs);
      perform registry.report_one_delivery(v_item, v_seller, v_buyer, v_pins, v_kinds,
        floor(extract(epoch from p_recorded_at))::bigint);
      insert into registry.trade_clock as k (security_id, subject_id, last_sell_on)
      values (v_claim.security_id, v_claim.subject_id, p_effective_on)
      on conflict (security_id, subject_id) do update set last_sell_on = excluded.last_sell_on;
      insert into registry.trade_clock as k (security_id, subject_id, last_buy_on)
      values (v_claim.security_id, v_claim.buyer_subject_id, p_effective_on)
      on conflict (security_id, subject_id) do update set last_buy_on = excluded.last_buy_on;
      update registry.claim c set state = 'delivered', active = 0, released = c.asked,
        last_event_id = p_event where c.id = v_claim.id;
      return query select 1, 'delivered', p_event, v_claim.security_id, v_entry.sequence,
        p_effective_on, v_refs;
    end $$`.execute(db);
  await sql`
    grant execute on function registry.deliver_one(uuid, uuid, uuid, uuid, text, numeric, bigint,
      text, text, text, timestamptz, date, timestamptz, text, bytea) to registry`.execute(db);
}
