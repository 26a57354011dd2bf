/**
 * The chain over the audit trail, made behind the acts so that they never queue for it.
 *
 * Every record carries the id of the database transaction that wrote it. Ids belong to the server,
 * so a long transaction in any of its databases holds sealing back, and nothing else. A seal covers
 * the records of a range of transactions that have all ended, so nothing can still join the range;
 * each seal hashes its records' ids and hashes and the seal before it.
 */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Database, Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { assert, ok } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface AuditSeal {
  readonly sequence: bigint;
  /** The range is half-open. */
  readonly fromTransaction: bigint;
  readonly untilTransaction: bigint;
  readonly recordCount: number;
  readonly previousHash: Uint8Array;
  readonly sealedAt: Instant;
}

interface LastSeal {
  readonly ended_below: bigint;
  readonly sequence: bigint | null;
  readonly until_transaction: bigint | null;
  readonly hash: Uint8Array | null;
}

export interface SealedRecord {
  readonly transaction_id: bigint;
  readonly id: string;
  readonly hash: Uint8Array;
}

export const FIRST_PREVIOUS_HASH = new Uint8Array(32);
const RECORDS_MAX = 5_000;

const LOCK = `
  select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' audit_seal', 0)) as free`;

/** Read under the lock, so that its snapshot is younger than the last seal. */
const LAST = `
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as ended_below,
    s.sequence, s.until_transaction, s.hash
  from (select) one left join lateral (
    select sequence, until_transaction, hash from audit_seal order by sequence desc limit 1
  ) s on true`;

const UNSEALED = `
  select transaction_id, id, hash from audit_record
  where transaction_id >= $1 and transaction_id < $2
  order by transaction_id, id limit ${RECORDS_MAX + 1}`;

const OF_TRANSACTION = `
  select transaction_id, id, hash from audit_record where transaction_id = $1 order by id`;

const INSERT = `
  insert into audit_seal (sequence, from_transaction, until_transaction, record_count,
    previous_hash, hash, sealed_at)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/** SM3 over the canonical seal and the digest of its records in their order. */
export function sealHash(seal: AuditSeal, records: readonly SealedRecord[]): Uint8Array {
  const recordsDigest = sm3Hex(
    canonicalBytes(records.map((record) => [record.id, toHex(record.hash)])),
  );
  return sm3(
    canonicalBytes({
      label: 'QJ-AUDIT-SEAL-1',
      sequence: seal.sequence.toString(),
      fromTransaction: seal.fromTransaction.toString(),
      untilTransaction: seal.untilTransaction.toString(),
      recordCount: seal.recordCount,
      previousHash: toHex(seal.previousHash),
      sealedAt: seal.sealedAt,
      records: recordsDigest,
    }),
  );
}

/** Adds at most one seal; gives back how many records it covers. Several sealers are harmless. */
export async function sealAuditRecords<DB>(db: Database<DB>, now: Instant): Promise<number> {
  const sealed = await inTransaction<DB, number, never>(db, 'read committed', async (tx) => {
    const { free } = await preparedOne<{ free: boolean }>(tx, 'audit_seal_lock', LOCK);
    return ok(free ? await sealUnderLock(tx, now) : 0);
  });
  return sealed.ok ? sealed.value : 0;
}

async function sealUnderLock(tx: Executor, now: Instant): Promise<number> {
  const last = await preparedOne<LastSeal>(tx, 'audit_seal_last', LAST);
  const from = last.until_transaction ?? 0n;
  assert(from <= last.ended_below, 'the audit trail was restored into a younger cluster');
  const unsealed = await prepared<SealedRecord>(tx, 'audit_unsealed', UNSEALED, [
    from,
    last.ended_below,
  ]);
  const { records, until } = await chooseRange(tx, unsealed, last.ended_below);
  if (records.length === 0) return 0;
  const seal: AuditSeal = {
    sequence: (last.sequence ?? 0n) + 1n,
    fromTransaction: from,
    untilTransaction: until,
    recordCount: records.length,
    previousHash: last.hash ?? FIRST_PREVIOUS_HASH,
    sealedAt: now,
  };
  await prepared(tx, 'audit_seal_insert', INSERT, [
    seal.sequence,
    seal.fromTransaction,
    seal.untilTransaction,
    seal.recordCount,
    Buffer.from(seal.previousHash),
    Buffer.from(sealHash(seal, records)),
    seal.sealedAt,
  ]);
  return records.length;
}

/** Cuts a long backlog between two transactions; one that is too long by itself goes in whole. */
async function chooseRange(
  tx: Executor,
  unsealed: readonly SealedRecord[],
  endedBelow: bigint,
): Promise<{ records: readonly SealedRecord[]; until: bigint }> {
  const beyond = unsealed[RECORDS_MAX];
  if (beyond === undefined) return { records: unsealed, until: endedBelow };
  const before = unsealed.filter((record) => record.transaction_id < beyond.transaction_id);
  if (before.length > 0) return { records: before, until: beyond.transaction_id };
  const whole = await prepared<SealedRecord>(tx, 'audit_of_transaction', OF_TRANSACTION, [
    beyond.transaction_id,
  ]);
  return { records: whole, until: beyond.transaction_id + 1n };
}
