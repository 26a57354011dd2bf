/** Deliveries and their reversals in the ledger; many deliveries in one call. */
import { randomBytes } from 'node:crypto';
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { callLedger, type LedgerStamp, stampValues } from './ledger-stamp.ts';

export interface DeliveryTerms {
  readonly instructionId: Uuid;
  /** Yuan with at most four decimals. */
  readonly unitPrice: string;
  readonly amountFen: bigint;
  /** Transaction method of the model: 1 online, 2 offline agreement. */
  readonly method: string;
  /** SM3 of the agreement, hexadecimal. */
  readonly agreementHash: string;
  readonly agreementNumber: string;
  readonly dealTime: Instant;
}

export interface ObjectVersion {
  readonly objectId: string;
  readonly version: string;
}

/** Versions pinned at the delivery, for the objects that settlement reports. */
export interface DeliveryReferences {
  readonly transferReport: ObjectVersion;
  readonly product: ObjectVersion;
  readonly sellerFundAccount: ObjectVersion;
  readonly buyerFundAccount: ObjectVersion;
  readonly seller: ObjectVersion;
  readonly buyer: ObjectVersion;
}

export interface Delivered {
  readonly eventId: Uuid;
  readonly securityId: Uuid;
  readonly sequence: bigint;
  readonly businessDate: LocalDate;
  readonly references: DeliveryReferences;
}

interface DeliveryRow {
  readonly event_id: Uuid | null;
  readonly security_id: Uuid;
  readonly sequence: bigint;
  readonly effective_on: LocalDate;
  readonly refs: DeliveryReferences;
}

const DELIVER = `
  select event_id, security_id, sequence, effective_on, refs
  from deliver_shares($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::numeric[],
    $7::bigint[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12, $13, $14, $15)
  order by ord`;

const DELIVER_ONE = `
  select event_id, security_id, sequence, effective_on, refs
  from deliver_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

/** In the order of the items; undefined where the instruction has no committed reservation. */
export async function deliverShares(
  tx: Executor,
  stamp: LedgerStamp,
  items: readonly DeliveryTerms[],
): Promise<readonly (Delivered | undefined)[]> {
  const columns = [
    items.map((item) => item.instructionId),
    items.map(() => newUuid()),
    items.map(() => newUuid()),
    items.map(() => newUuid()),
    items.map(newSalts),
    items.map((item) => item.unitPrice),
    items.map((item) => item.amountFen),
    items.map((item) => item.method),
    items.map((item) => item.agreementHash),
    items.map((item) => item.agreementNumber),
    items.map((item) => item.dealTime),
  ];
  const rows = await callLedger<DeliveryRow>(tx, stamp, columns, {
    one: ['ledger_deliver_one', DELIVER_ONE],
    many: ['ledger_deliver', DELIVER],
  });
  return rows.map(toDelivered);
}

export interface ReversalTerms {
  readonly instructionId: Uuid;
  readonly originalInstructionId: Uuid;
  readonly reason: string;
  readonly holderLimit: number;
}

export interface ReversalOutcome {
  readonly outcome:
    | 'reversed'
    | 'unknown'
    | 'mismatch'
    | 'already-reversed'
    | 'shares-moved'
    | 'holder-limit';
  readonly placesNeeded: number | undefined;
}

const REVERSE = `
  select outcome, observed as places
  from reverse_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

export async function reverseDelivery(
  tx: Executor,
  stamp: LedgerStamp,
  terms: ReversalTerms,
): Promise<ReversalOutcome> {
  const row = await preparedOne<{ outcome: ReversalOutcome['outcome']; places: number | null }>(
    tx,
    'ledger_reverse',
    REVERSE,
    [
      terms.instructionId,
      terms.originalInstructionId,
      newUuid(),
      newUuid(),
      newSalts(),
      terms.holderLimit,
      terms.reason,
      ...stampValues(stamp),
    ],
  );
  return { outcome: row.outcome, placesNeeded: row.places ?? undefined };
}

/** The delivery or reversal that the instruction made, if it made one. */
export async function findDelivery(
  db: Executor,
  instructionId: Uuid,
): Promise<Delivered | undefined> {
  const [row] = await prepared<DeliveryRow>(
    db,
    'ledger_find_delivery',
    `select t.event_id, t.security_id, j.sequence, j.effective_on, t.refs
     from trade t join journal j on j.event_id = t.event_id where t.instruction_id = $1`,
    [instructionId],
  );
  return row === undefined ? undefined : toDelivered(row);
}

/** The delivery of an instruction as it was posted. */
export interface Trade {
  readonly securityId: Uuid;
  readonly sellerAccountId: Uuid;
  readonly buyerAccountId: Uuid;
  readonly nature: number;
  readonly quantity: bigint;
  readonly method: string;
  readonly isReversed: boolean;
}

interface TradeRow {
  readonly security_id: Uuid;
  readonly seller_account_id: Uuid;
  readonly buyer_account_id: Uuid;
  readonly nature: number;
  readonly quantity: bigint;
  readonly method: string;
  readonly is_reversed: boolean;
}

/** Undefined for a reversal: only a delivery can be reversed. */
export async function findTrade(db: Executor, instructionId: Uuid): Promise<Trade | undefined> {
  const [row] = await prepared<TradeRow>(
    db,
    'ledger_find_trade',
    `select t.security_id, t.seller_account_id, t.buyer_account_id, t.nature, t.quantity, t.method,
       exists (select 1 from trade r where r.reverses_event_id = t.event_id) as is_reversed
     from trade t where t.instruction_id = $1 and t.claim_id is not null`,
    [instructionId],
  );
  if (row === undefined) return undefined;
  return {
    securityId: row.security_id,
    sellerAccountId: row.seller_account_id,
    buyerAccountId: row.buyer_account_id,
    nature: row.nature,
    quantity: row.quantity,
    method: row.method,
    isReversed: row.is_reversed,
  };
}

function toDelivered(row: DeliveryRow): Delivered | undefined {
  if (row.event_id === null) return undefined;
  return {
    eventId: row.event_id,
    securityId: row.security_id,
    sequence: row.sequence,
    businessDate: row.effective_on,
    references: row.refs,
  };
}

/** One salt of sixteen bytes for each object that a delivery can report. */
function newSalts(): string {
  return randomBytes(64).toString('hex');
}
