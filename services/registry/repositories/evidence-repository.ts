/** Rows of suitability evidence. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Evidence, EvidenceCondition } from '../domain/suitability.ts';

export interface StoredEvidence extends Evidence {
  readonly evidenceId: Uuid;
  readonly subjectId: Uuid;
  readonly documentId: Uuid;
  readonly documentSm3: string;
  readonly verifier: string;
}

interface EvidenceRow {
  readonly id: Uuid;
  readonly subject_id: Uuid;
  readonly condition: EvidenceCondition;
  readonly amount_fen: bigint | null;
  readonly months: number | null;
  readonly document_id: Uuid;
  readonly sm3: string;
  readonly verifier: string;
  readonly verified_on: LocalDate;
  readonly valid_from: LocalDate;
  readonly valid_until: LocalDate;
}

const SELECT = `
  select e.id, e.subject_id, e.condition, e.amount_fen, e.months, e.document_id, d.sm3, e.verifier,
    e.verified_on, e.valid_from, e.valid_until
  from suitability_evidence e join document d on d.id = e.document_id`;

export interface EvidenceToInsert extends Evidence {
  readonly evidenceId: Uuid;
  readonly subjectId: string;
  readonly documentId: string;
  readonly verifier: string;
  readonly recordedAt: Instant;
}

export async function insertEvidence(tx: Executor, evidence: EvidenceToInsert): Promise<void> {
  const text = `
    insert into suitability_evidence (id, subject_id, condition, amount_fen, months, document_id,
      verifier, verified_on, valid_from, valid_until, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
  await prepared(tx, 'evidence_insert', text, [
    evidence.evidenceId,
    evidence.subjectId,
    evidence.condition,
    evidence.amountFen ?? null,
    evidence.months ?? null,
    evidence.documentId,
    evidence.verifier,
    evidence.verifiedOn,
    evidence.validFrom,
    evidence.validUntil,
    evidence.recordedAt,
  ]);
}

/** Newest first. */
export async function evidenceOf(
  db: Executor,
  subjectIds: readonly string[],
): Promise<StoredEvidence[]> {
  const text = `${SELECT} where e.subject_id = any($1::uuid[]) order by e.id desc`;
  const rows = await prepared<EvidenceRow>(db, 'evidence_of', text, [[...subjectIds]]);
  return rows.map((row) => ({
    evidenceId: row.id,
    subjectId: row.subject_id,
    condition: row.condition,
    amountFen: row.amount_fen ?? undefined,
    months: row.months ?? undefined,
    documentId: row.document_id,
    documentSm3: row.sm3,
    verifier: row.verifier,
    verifiedOn: row.verified_on,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
  }));
}
