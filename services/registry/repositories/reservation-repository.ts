/** Reservations in the ledger: placed, committed, given back; many instructions in one call. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import { callLedger, type LedgerStamp, stampValues } from './ledger-stamp.ts';

export interface ReservationTerms {
  readonly instructionId: Uuid;
  readonly securityId: Uuid;
  readonly sellerAccountId: Uuid;
  readonly buyerAccountId: Uuid;
  readonly nature: number;
  readonly quantity: bigint;
  readonly deadline: Instant;
}

export interface ReservationOutcome {
  readonly outcome: 'reserved' | 'insufficient' | 'mismatch' | 'ended';
  readonly claimId: bigint | undefined;
  /** What was free when this instruction's turn came. Unit: shares. */
  readonly free: bigint;
}

interface ReservationRow {
  readonly outcome: ReservationOutcome['outcome'];
  readonly claim_id: bigint | null;
  readonly observed: bigint;
}

const RESERVE = `
  select outcome, claim_id, observed
  from reserve_shares($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[],
    $7::bigint[], $8::timestamptz[], $9, $10, $11, $12)
  order by ord`;

const RESERVE_ONE = `
  select outcome, claim_id, observed
  from reserve_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/**
 * Locks the securities in their order; outcomes come in the order of the items. One item goes by
 * a function of its own: the batch's statements cost the same for one row as for many.
 */
export async function reserveShares(
  tx: Executor,
  stamp: LedgerStamp,
  items: readonly ReservationTerms[],
): Promise<readonly ReservationOutcome[]> {
  const columns = [
    items.map((item) => item.instructionId),
    items.map(() => newUuid()),
    items.map((item) => item.securityId),
    items.map((item) => item.sellerAccountId),
    items.map((item) => item.buyerAccountId),
    items.map((item) => item.nature),
    items.map((item) => item.quantity),
    items.map((item) => item.deadline),
  ];
  const rows = await callLedger<ReservationRow>(tx, stamp, columns, {
    one: ['ledger_reserve_one', RESERVE_ONE],
    many: ['ledger_reserve', RESERVE],
  });
  return rows.map((row) => ({
    outcome: row.outcome,
    claimId: row.claim_id ?? undefined,
    free: row.observed,
  }));
}

export interface CommitTerms {
  readonly instructionId: Uuid;
  /** Holders that the security may have, an exemption in force included. */
  readonly holderLimit: number;
}

export interface CommitOutcome {
  readonly outcome: 'committed' | 'unknown' | 'ended' | 'deadline-passed' | 'holder-limit';
  /** Places that the commitment would have needed, where it met the limit. */
  readonly placesNeeded: number | undefined;
}

interface CommitRow {
  readonly outcome: CommitOutcome['outcome'];
  readonly observed: bigint | null;
}

const COMMIT = `
  select outcome, observed
  from commit_reservations($1::uuid[], $2::uuid[], $3::integer[], $4, $5, $6, $7)
  order by ord`;

const COMMIT_ONE = 'select outcome, observed from commit_one($1, $2, $3, $4, $5, $6, $7)';

export async function commitReservations(
  tx: Executor,
  stamp: LedgerStamp,
  items: readonly CommitTerms[],
): Promise<readonly CommitOutcome[]> {
  const columns = [
    items.map((item) => item.instructionId),
    items.map(() => newUuid()),
    items.map((item) => item.holderLimit),
  ];
  const rows = await callLedger<CommitRow>(tx, stamp, columns, {
    one: ['ledger_commit_one', COMMIT_ONE],
    many: ['ledger_commit', COMMIT],
  });
  return rows.map((row) => ({
    outcome: row.outcome,
    placesNeeded: row.observed === null ? undefined : Number.parseInt(row.observed.toString(), 10),
  }));
}

export interface ReturnTerms {
  readonly instructionId: Uuid;
  readonly reason: string;
}

/** `kept` only where asked for expired ones: the reservation is committed or not due. */
export type ReturnOutcome = 'returned' | 'already-delivered' | 'unknown' | 'kept';

const RETURN = `
  select outcome
  from return_reservations($1::uuid[], $2::uuid[], $3::text[], $4, $5, $6, $7, $8)
  order by ord`;

export async function returnReservations(
  tx: Executor,
  stamp: LedgerStamp,
  items: readonly ReturnTerms[],
  cause: 'returned' | 'expired' = 'returned',
): Promise<readonly ReturnOutcome[]> {
  const rows = await prepared<{ outcome: ReturnOutcome }>(tx, 'ledger_return', RETURN, [
    items.map((item) => item.instructionId),
    items.map(() => newUuid()),
    items.map((item) => item.reason),
    cause,
    ...stampValues(stamp),
  ]);
  return rows.map((row) => row.outcome);
}

/** Instructions whose reservation is not committed and past its deadline, the oldest first. */
export async function findOverdueReservations(
  db: Executor,
  now: Instant,
  limit: number,
): Promise<readonly Uuid[]> {
  const rows = await prepared<{ instruction_id: Uuid }>(
    db,
    'ledger_overdue',
    `select instruction_id from claim
     where state = 'reserved' and deadline <= $1 order by deadline limit $2`,
    [now, limit],
  );
  return rows.map((row) => row.instruction_id);
}

export interface StoredReservation extends ReservationTerms {
  readonly claimId: bigint;
  readonly state: 'reserved' | 'committed' | 'delivered' | 'returned' | 'expired';
}

interface ClaimRow {
  readonly id: bigint;
  readonly instruction_id: Uuid;
  readonly security_id: Uuid;
  readonly account_id: Uuid;
  readonly buyer_account_id: Uuid;
  readonly nature: number;
  readonly asked: bigint;
  readonly deadline: Instant;
  readonly state: StoredReservation['state'];
}

/** By instruction; what was never reserved is not there. */
export async function findReservations(
  db: Executor,
  instructionIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, StoredReservation>> {
  const rows = await prepared<ClaimRow>(
    db,
    'ledger_find_reservations',
    `select id, instruction_id, security_id, account_id, buyer_account_id, nature, asked, deadline,
       state
     from claim where instruction_id = any($1::uuid[])`,
    [[...instructionIds]],
  );
  return new Map(
    rows.map((row) => [
      row.instruction_id,
      {
        claimId: row.id,
        instructionId: row.instruction_id,
        securityId: row.security_id,
        sellerAccountId: row.account_id,
        buyerAccountId: row.buyer_account_id,
        nature: row.nature,
        quantity: row.asked,
        deadline: row.deadline,
        state: row.state,
      },
    ]),
  );
}
