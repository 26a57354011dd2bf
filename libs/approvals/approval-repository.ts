/** Rows of the table `approval`. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Instant } from '#libs/time/instant.ts';
import {
  type Approval,
  type ApprovalState,
  decodePayload,
  type Payload,
  type PayloadCipher,
} from './approval.ts';

interface ApprovalRow {
  readonly id: Uuid;
  readonly operation: string;
  readonly payload: Buffer;
  readonly payload_hash: Buffer;
  readonly maker: string;
  readonly maker_name: string | null;
  readonly made_at: Instant;
  readonly expires_at: Instant;
  readonly state: ApprovalState;
  readonly checker: string | null;
  readonly checker_name: string | null;
  readonly decided_at: Instant | null;
  readonly opinion: string | null;
  readonly result: unknown;
}

export interface ApprovalPage {
  readonly state?: ApprovalState;
  /** Operations that the reader may see; absent for all. */
  readonly operations?: readonly string[];
  /** The last id of the page before; ids rise with time and the newest come first. */
  readonly before?: Uuid;
  readonly limit: number;
}

export interface DecisionColumns {
  readonly id: Uuid;
  readonly state: 'approved' | 'returned';
  readonly checker: string;
  readonly checkerName: string | null;
  readonly decidedAt: Instant;
  readonly opinion: string;
  readonly result: unknown;
}

const COLUMNS = `id, operation, payload, payload_hash, maker, maker_name, made_at, expires_at,
  state, checker, checker_name, decided_at, opinion, result`;

const INSERT = `
  insert into approval (id, operation, payload, payload_hash, maker, maker_name, made_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

const FIND = `select ${COLUMNS} from approval where id = $1`;

const LIST = `
  select ${COLUMNS} from approval
  where ($1::text is null or state = $1) and ($2::text[] is null or operation = any($2))
    and ($3::uuid is null or id < $3)
  order by id desc limit $4`;

const DECIDE = `
  update approval set state = $2, checker = $3, checker_name = $4, decided_at = $5, opinion = $6,
    result = $7
  where id = $1 and state = 'pending' returning id`;

const EXPIRE = `
  update approval set state = 'expired', decided_at = $1
  where id = any(array(
    select id from approval where state = 'pending' and expires_at <= $1
    order by expires_at limit 500 for update skip locked)) returning id`;

export async function insertApproval(
  tx: Executor,
  approval: Approval,
  stored: { readonly payload: Uint8Array; readonly payloadHash: Uint8Array },
): Promise<void> {
  await prepared(tx, 'approval_insert', INSERT, [
    approval.id,
    approval.operation,
    Buffer.from(stored.payload),
    Buffer.from(stored.payloadHash),
    approval.maker,
    approval.makerName,
    approval.madeAt,
    approval.expiresAt,
  ]);
}

export async function findApproval(
  db: Executor,
  id: Uuid,
  cipher: PayloadCipher,
): Promise<Approval | undefined> {
  const [row] = await prepared<ApprovalRow>(db, 'approval_find', FIND, [id]);
  return row === undefined ? undefined : toApproval(row, cipher);
}

/** As findApproval, holding the row until the transaction ends: decisions come one by one. */
export async function lockApproval(
  tx: Executor,
  id: Uuid,
  cipher: PayloadCipher,
): Promise<Approval | undefined> {
  const [row] = await prepared<ApprovalRow>(tx, 'approval_lock', `${FIND} for update`, [id]);
  return row === undefined ? undefined : toApproval(row, cipher);
}

export async function listApprovals(
  db: Executor,
  page: ApprovalPage,
  cipher: PayloadCipher,
): Promise<Approval[]> {
  const rows = await prepared<ApprovalRow>(db, 'approval_list', LIST, [
    page.state ?? null,
    page.operations === undefined ? null : [...page.operations],
    page.before ?? null,
    page.limit,
  ]);
  return rows.map((row) => toApproval(row, cipher));
}

/** False where the approval is no longer pending. */
export async function saveDecision(tx: Executor, decision: DecisionColumns): Promise<boolean> {
  const rows = await prepared(tx, 'approval_decide', DECIDE, [
    decision.id,
    decision.state,
    decision.checker,
    decision.checkerName,
    decision.decidedAt,
    decision.opinion,
    decision.state === 'approved' ? JSON.stringify(decision.result ?? {}) : null,
  ]);
  return rows.length === 1;
}

/** Gives back the ids of those that were pending past their time. */
export async function expirePending(tx: Executor, now: Instant): Promise<Uuid[]> {
  const rows = await prepared<{ id: Uuid }>(tx, 'approval_expire', EXPIRE, [now]);
  return rows.map((row) => row.id);
}

/**
 * A payload altered so that it cannot even be opened reads as empty: its hash then differs, which
 * refuses its approval, and the others of a list can still be seen.
 */
function readPayload(stored: Uint8Array, cipher: PayloadCipher): Payload {
  try {
    return decodePayload(cipher.open(stored));
  } catch {
    return {};
  }
}

function toApproval(row: ApprovalRow, cipher: PayloadCipher): Approval {
  return {
    id: row.id,
    operation: row.operation,
    payload: readPayload(row.payload, cipher),
    payloadHash: toHex(row.payload_hash),
    maker: row.maker,
    makerName: row.maker_name,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    state: row.state,
    checker: row.checker,
    checkerName: row.checker_name,
    decidedAt: row.decided_at,
    opinion: row.opinion,
    result: row.result,
  };
}
