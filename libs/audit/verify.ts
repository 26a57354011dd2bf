/** Re-derives every hash of the audit trail and reports what differs: the part of fsck for audit. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import type { Instant } from '#libs/time/instant.ts';
import { type AuditRecord, auditHash } from './audit-record.ts';
import { type AuditSeal, FIRST_PREVIOUS_HASH, type SealedRecord, sealHash } from './seal.ts';

interface RecordRow extends SealedRecord {
  readonly id: Uuid;
  readonly at: Instant;
  readonly actor_kind: AuditRecord['actorKind'];
  readonly actor_id: string;
  readonly actor_name: string | null;
  readonly actor_roles: readonly string[];
  readonly on_behalf_of: string | null;
  readonly action: string;
  readonly target: string;
  readonly trace_id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface SealRow {
  readonly sequence: bigint;
  readonly from_transaction: bigint;
  readonly until_transaction: bigint;
  readonly record_count: number;
  readonly previous_hash: Uint8Array;
  readonly hash: Uint8Array;
  readonly sealed_at: Instant;
}

const PAGE = 2_000;

const RECORDS = `
  select transaction_id, id, at, actor_kind, actor_id, actor_name, actor_roles, on_behalf_of,
    action, target, trace_id, detail, hash
  from audit_record where (transaction_id, id) > ($1, $2)
  order by transaction_id, id limit ${PAGE}`;

const SEALS = `
  select sequence, from_transaction, until_transaction, record_count, previous_hash, hash,
    sealed_at
  from audit_seal where sequence > $1 order by sequence limit ${PAGE}`;

const RANGE = `
  select transaction_id, id, hash from audit_record
  where transaction_id >= $1 and transaction_id < $2 order by transaction_id, id`;

const NIL = '00000000-0000-0000-0000-000000000000';

/** Read in one repeatable-read transaction where acts go on meanwhile. */
export async function* verifyAudit(db: Executor): AsyncGenerator<Difference> {
  yield* verifyRecords(db);
  yield* verifySeals(db);
}

async function* verifyRecords(db: Executor): AsyncGenerator<Difference> {
  let transaction = -1n;
  let id: string = NIL;
  for (;;) {
    const rows = await prepared<RecordRow>(db, 'audit_verify_records', RECORDS, [transaction, id]);
    for (const row of rows) {
      yield* compareStored('audit_record', row.id, auditHash(toRecord(row)), row.hash);
      transaction = row.transaction_id;
      id = row.id;
    }
    if (rows.length < PAGE) return;
  }
}

async function* verifySeals(db: Executor): AsyncGenerator<Difference> {
  let sequence = 0n;
  let previousHash: Uint8Array = FIRST_PREVIOUS_HASH;
  let until = 0n;
  for (;;) {
    const rows = await prepared<SealRow>(db, 'audit_verify_seals', SEALS, [sequence]);
    for (const row of rows) {
      const derived: AuditSeal = {
        sequence: sequence + 1n,
        fromTransaction: until,
        untilTransaction: row.until_transaction,
        recordCount: row.record_count,
        previousHash,
        sealedAt: row.sealed_at,
      };
      const key = row.sequence.toString();
      yield* compareStored('audit_seal', `${key} previous_hash`, previousHash, row.previous_hash);
      yield* verifySeal(db, derived, row);
      sequence = row.sequence;
      previousHash = row.hash;
      until = row.until_transaction;
    }
    if (rows.length < PAGE) return;
  }
}

async function* verifySeal(
  db: Executor,
  derived: AuditSeal,
  row: SealRow,
): AsyncGenerator<Difference> {
  const key = row.sequence.toString();
  yield* compareStored('audit_seal', `${key} sequence`, derived.sequence, row.sequence);
  yield* compareStored(
    'audit_seal',
    `${key} from_transaction`,
    derived.fromTransaction,
    row.from_transaction,
  );
  const records = await prepared<SealedRecord>(db, 'audit_verify_range', RANGE, [
    derived.fromTransaction,
    derived.untilTransaction,
  ]);
  yield* compareStored('audit_seal', `${key} record_count`, records.length, row.record_count);
  const hash = sealHash({ ...derived, recordCount: records.length }, records);
  yield* compareStored('audit_seal', `${key} hash`, hash, row.hash);
}

function toRecord(row: RecordRow): AuditRecord {
  return {
    id: row.id,
    at: row.at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    actorRoles: row.actor_roles,
    onBehalfOf: row.on_behalf_of,
    action: row.action,
    target: row.target,
    traceId: row.trace_id,
    detail: row.detail,
  };
}
