/** addSuitabilityEvidence: what makes a subject a qualified investor (R10, R11). */
import type { Executor } from '#libs/db/database.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { localDate } from '#libs/time/local-date.ts';
import { objectIdOf } from '../domain/object-fact.ts';
import { checkEvidence, type Evidence, type EvidenceCondition } from '../domain/suitability.ts';
import { findDocument } from '../repositories/document-repository.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import { advanceSubject, lockSubject } from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting, requireDay } from './act.ts';
import { subjectVersion } from './subject-version.ts';

export interface AddSuitabilityEvidence {
  readonly subjectId: string;
  readonly condition: EvidenceCondition;
  /** Decimal string. Unit: fen. */
  readonly amountFen?: string;
  readonly months?: number;
  readonly documentId: string;
  readonly verifier: string;
  readonly verifiedOn: string;
  readonly validFrom: string;
  readonly validUntil: string;
}

/**
 * Errors: business-day-not-open, subject-not-found, document-not-found,
 * suitability-evidence-incomplete, suitability-period-invalid.
 */
export async function checkNewEvidence(
  tx: Executor,
  { cipher }: RegistrySetting,
  command: AddSuitabilityEvidence,
) {
  const { subjectId, documentId } = command;
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const subject = await lockSubject(tx, cipher, subjectId);
  if (subject === undefined) return refuse('subject-not-found', { subjectId });
  if ((await findDocument(tx, documentId)) === undefined) {
    return refuse('document-not-found', { documentId });
  }
  const evidence: Evidence = {
    condition: command.condition,
    amountFen: command.amountFen === undefined ? undefined : BigInt(command.amountFen),
    months: command.months,
    verifiedOn: localDate(command.verifiedOn),
    validFrom: localDate(command.validFrom),
    validUntil: localDate(command.validUntil),
  };
  const checked = checkEvidence(evidence, day.value);
  return checked.ok ? ok({ subject, evidence, businessDate: day.value }) : checked;
}

/** Gives the subject the investor role. Errors: those of checkNewEvidence. */
export async function addSuitabilityEvidence(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: AddSuitabilityEvidence,
) {
  await lockPartiesBook(tx);
  const checked = await checkNewEvidence(tx, setting, command);
  if (!checked.ok) return checked;
  const { evidence, businessDate } = checked.value;
  const evidenceId = newUuid();
  const { subjectId, documentId, verifier } = command;
  const row = { ...evidence, evidenceId, subjectId, documentId, verifier, recordedAt: act.now };
  await insertEvidence(tx, row);
  const subject = await advanceSubject(tx, checked.value.subject, { isInvestor: true });
  await postEvent(tx, act, {
    book: 'parties',
    kind: 'suitability-evidenced',
    effectiveOn: businessDate,
    facts: [await subjectVersion(tx, setting.cipher, subject, 'update')],
    command,
  });
  await audit(tx, act, {
    action: 'suitability-evidenced',
    target: `subject:${subjectId}`,
    detail: { evidenceId, condition: evidence.condition, documentId },
  });
  const objectId = objectIdOf('subject', subject.subjectId);
  return ok({ evidenceId, objectId, version: subject.version.toString() });
}
