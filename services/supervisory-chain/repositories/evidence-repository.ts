/** What was refused and kept: proofs of misbehaviour, and input that no lane could take. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface NewEvidence {
  readonly chainId: string;
  readonly kind: 'header' | 'packet' | 'message' | 'node';
  readonly code: string;
  readonly detail: string;
  readonly first: Uint8Array;
  readonly second?: Uint8Array;
}

export interface Evidence extends Omit<NewEvidence, 'first' | 'second'> {
  readonly id: string;
  readonly foundAt: Instant;
  readonly first: Uint8Array;
  readonly second: Uint8Array | null;
}

const detailMax = 500;

export async function insertEvidence(
  tx: Executor,
  evidence: NewEvidence,
  now: Instant,
): Promise<void> {
  const e = evidence;
  await sql`
    insert into evidence (id, chain_id, kind, code, detail, first, second, found_at, digest)
    values (${newUuid()}, ${e.chainId}, ${e.kind}, ${e.code}, ${e.detail.slice(0, detailMax)},
      ${e.first}, ${e.second ?? null}, ${now}, ''::bytea)`.execute(tx);
}

/** Newest first. */
export async function listEvidence(
  db: Executor,
  before: string | null,
  limit: number,
): Promise<readonly Evidence[]> {
  const found = await sql<Evidence>`
    select id, chain_id as "chainId", kind, code, detail, first, second, found_at as "foundAt"
    from evidence where ${before}::uuid is null or id < ${before}
    order by id desc limit ${limit}`.execute(db);
  return found.rows;
}

/** True when this gap was not asked about within the interval; it is noted as asked now. */
export async function noteResync(
  tx: Executor,
  gap: { readonly chainId: string; readonly lane: string; readonly from: bigint },
  now: Instant,
  intervalMs: number,
): Promise<boolean> {
  const noted = await sql`
    insert into sent_resync (chain_id, lane, from_seq, sent_at)
    values (${gap.chainId}, ${gap.lane}, ${gap.from}, ${now})
    on conflict (chain_id, lane) do update set from_seq = excluded.from_seq,
      sent_at = excluded.sent_at
    where sent_resync.from_seq <> excluded.from_seq
      or sent_resync.sent_at < ${now}::timestamptz - make_interval(secs => ${intervalMs / 1000})`.execute(
    tx,
  );
  return noted.numAffectedRows === 1n;
}

export async function countEvidence(db: Executor): Promise<number> {
  const found = await sql<{ count: number }>`select count(*)::int as count from evidence`.execute(
    db,
  );
  return found.rows[0]?.count ?? 0;
}
