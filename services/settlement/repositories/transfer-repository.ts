/** Transfers and their steps; a step and the state it leads to are written together. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { Charge } from '../domain/charges.ts';
import type { Delivery, Transfer, TransferState } from '../domain/transfer.ts';
import { fen } from '#libs/quantity/money.ts';

export interface TransferStep {
  readonly step: number;
  readonly state: TransferState;
  readonly at: Instant;
  readonly code: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export interface StepReason {
  readonly code?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Move extends StepReason {
  readonly id: Uuid;
  readonly to: TransferState;
  readonly cycleId?: Uuid;
  readonly delivery?: Delivery;
  readonly settledEventId?: Uuid;
}

type Row = Record<string, unknown>;

const columns = sql.raw(`
  t.id, t.kind, t.original_id as "originalId", t.approval_id as "approvalId",
  t.security_id as "securityId", t.seller_account_id as "sellerAccountId",
  t.buyer_account_id as "buyerAccountId", t.seller_fund_account_id as "sellerFundAccountId",
  t.buyer_fund_account_id as "buyerFundAccountId", t.seller_subject_id as "sellerSubjectId",
  t.buyer_subject_id as "buyerSubjectId", t.nature_code as "natureCode", t.quantity,
  trim_scale(t.unit_price)::text as "unitPrice", t.amount_fen as "amountFen", t.charges,
  t.agreement_document_id as "agreementDocumentId", t.agreement_hash as "agreementHash",
  t.agreement_number as "agreementNumber", t.dealt_at as "dealtAt", t.deadline, t.reason,
  t.created_at as "createdAt", t.state, t.steps, t.cycle_id as "cycleId", t.delivery,
  t.settled_event_id as "settledEventId"`);

interface StoredCharge extends Omit<Charge, 'amountFen'> {
  readonly amountFen: string;
}

function toTransfer(row: Row): Transfer {
  const charges = (row['charges'] as readonly StoredCharge[]).map((charge) => ({
    ...charge,
    amountFen: fen(BigInt(charge.amountFen)),
  }));
  return { ...row, charges } as unknown as Transfer;
}

export async function insertTransfer(tx: Executor, transfer: Transfer): Promise<void> {
  const t = transfer;
  const charges = JSON.stringify(
    t.charges.map((charge) => ({ ...charge, amountFen: charge.amountFen.toString() })),
  );
  await sql`
    insert into transfer (id, kind, original_id, approval_id, security_id, seller_account_id,
      buyer_account_id, seller_fund_account_id, buyer_fund_account_id, seller_subject_id,
      buyer_subject_id, nature_code, quantity, unit_price, amount_fen, charges,
      agreement_document_id, agreement_hash, agreement_number, dealt_at, deadline, reason,
      created_at, state, steps)
    values (${t.id}, ${t.kind}, ${t.originalId}, ${t.approvalId}, ${t.securityId},
      ${t.sellerAccountId}, ${t.buyerAccountId}, ${t.sellerFundAccountId},
      ${t.buyerFundAccountId}, ${t.sellerSubjectId}, ${t.buyerSubjectId}, ${t.natureCode},
      ${t.quantity}, ${t.unitPrice}, ${t.amountFen}, ${charges}::jsonb,
      ${t.agreementDocumentId}, ${t.agreementHash}, ${t.agreementNumber}, ${t.dealtAt},
      ${t.deadline}, ${t.reason}, ${t.createdAt}, 'approved', 1)`.execute(tx);
  await sql`
    insert into transfer_step (transfer_id, step, state, at)
    values (${t.id}, 1, 'approved', ${t.createdAt})`.execute(tx);
}

/**
 * Moves each transfer that is still in `from`; the others are left alone. Gives the ids moved. Rows
 * are locked in id order.
 */
export async function moveTransfers(
  tx: Executor,
  from: TransferState,
  at: Instant,
  moves: readonly Move[],
): Promise<readonly Uuid[]> {
  if (moves.length === 0) return [];
  const list = JSON.stringify(moves);
  const moved = await sql<{ id: Uuid }>`
    with move as (
      select (m->>'id')::uuid as id, m->>'to' as to_state, m->>'code' as code,
        m->'detail' as detail, (m->>'cycleId')::uuid as cycle_id, m->'delivery' as delivery,
        (m->>'settledEventId')::uuid as settled_event_id
      from jsonb_array_elements(${list}::jsonb) as m
    ), locked as (
      select t.id from transfer t where t.id in (select id from move) and t.state = ${from}
      order by t.id for update
    ), updated as (
      update transfer t set state = m.to_state, steps = t.steps + 1,
        cycle_id = coalesce(m.cycle_id, t.cycle_id), delivery = coalesce(m.delivery, t.delivery),
        settled_event_id = m.settled_event_id
      from move m join locked l on l.id = m.id where t.id = m.id
      returning t.id, t.steps, t.state, m.code, m.detail
    )
    insert into transfer_step (transfer_id, step, state, at, code, detail)
    select id, steps, state, ${at}::timestamptz, code, detail from updated order by id
    returning transfer_id as id`.execute(tx);
  return moved.rows.map((row) => row.id);
}

export interface TransferSelection {
  readonly cycleId?: Uuid;
  readonly after?: Uuid;
  readonly kind?: Transfer['kind'];
  /** Nobody else moves them until the transaction ends. */
  readonly isLocked?: boolean;
}

/** Transfers in a state, oldest first; ids are time-ordered. */
export async function transfersIn(
  db: Executor,
  state: TransferState,
  limit: number,
  filter: TransferSelection = {},
): Promise<readonly Transfer[]> {
  const found = await sql<Row>`
    select ${columns} from transfer t
    where t.state = ${state}
      and (${filter.cycleId ?? null}::uuid is null or t.cycle_id = ${filter.cycleId ?? null})
      and (${filter.after ?? null}::uuid is null or t.id > ${filter.after ?? null})
      and (${filter.kind ?? null}::text is null or t.kind = ${filter.kind ?? null})
    order by t.id limit ${limit}
    ${sql.raw(filter.isLocked === true ? 'for update' : '')}`.execute(db);
  return found.rows.map(toTransfer);
}

export async function findTransfer(db: Executor, id: Uuid): Promise<Transfer | undefined> {
  const found = await sql<Row>`select ${columns} from transfer t where t.id = ${id}`.execute(db);
  return found.rows.map(toTransfer)[0];
}

export async function lockTransfer(tx: Executor, id: Uuid): Promise<Transfer | undefined> {
  const found = await sql<Row>`
    select ${columns} from transfer t where t.id = ${id} for update`.execute(tx);
  return found.rows.map(toTransfer)[0];
}

/** The reversal of a transfer that has not failed. */
export async function findReversal(db: Executor, originalId: Uuid): Promise<Uuid | undefined> {
  const found = await sql<{ id: Uuid }>`
    select id from transfer where original_id = ${originalId}
      and state not in ('failed', 'cancelled')`.execute(db);
  return found.rows[0]?.id;
}

export interface TransferFilter {
  readonly state?: TransferState;
  readonly securityId?: string;
  readonly accountId?: string;
  /** Only transfers of which this subject is a side. */
  readonly subjectId?: string;
  readonly before?: string;
}

/** Newest first. */
export async function listTransfers(
  db: Executor,
  filter: TransferFilter,
  limit: number,
): Promise<readonly Transfer[]> {
  const { state = null, securityId = null, accountId = null } = filter;
  const { subjectId = null, before = null } = filter;
  const found = await sql<Row>`
    select ${columns} from transfer t
    where (${state}::text is null or t.state = ${state})
      and (${securityId}::uuid is null or t.security_id = ${securityId})
      and (${accountId}::uuid is null
           or t.seller_account_id = ${accountId} or t.buyer_account_id = ${accountId})
      and (${subjectId}::uuid is null
           or t.seller_subject_id = ${subjectId} or t.buyer_subject_id = ${subjectId})
      and (${before}::uuid is null or t.id < ${before})
    order by t.id desc limit ${limit}`.execute(db);
  return found.rows.map(toTransfer);
}

export async function stepsOf(
  db: Executor,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, readonly TransferStep[]>> {
  const found = await sql<TransferStep & { transferId: Uuid }>`
    select transfer_id as "transferId", step, state, at, code, detail from transfer_step
    where transfer_id = any(${ids}::uuid[]) order by transfer_id, step`.execute(db);
  const steps = new Map<Uuid, TransferStep[]>();
  for (const { transferId, ...step } of found.rows) {
    steps.set(transferId, [...(steps.get(transferId) ?? []), step]);
  }
  return steps;
}

/** Transfers not yet in a cycle whose deadline has passed. */
export async function overdueTransfers(
  db: Executor,
  now: Instant,
  limit: number,
): Promise<readonly { readonly id: Uuid; readonly state: TransferState }[]> {
  const found = await sql<{ id: Uuid; state: TransferState }>`
    select id, state from transfer
    where state in ('approved', 'reserved', 'funded') and deadline <= ${now}
    order by id limit ${limit}`.execute(db);
  return found.rows;
}
