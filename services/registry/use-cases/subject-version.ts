/** The fact of a subject's present version, from its row and its evidence. */
import type { Executor } from '#libs/db/database.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import { type ObjectStep, subjectFact } from '../domain/objects/subject-object.ts';
import { evidenceOf, type StoredEvidence } from '../repositories/evidence-repository.ts';
import type { PersonalCipher } from '../repositories/personal-cipher.ts';
import { sealPersonal } from '../repositories/personal-figures.ts';
import type { Subject } from '../repositories/subject-repository.ts';

/** The model takes so many; the newest come first. */
const EVIDENCE_MAX = 20;

export async function subjectVersion(
  tx: Executor,
  cipher: PersonalCipher,
  subject: Subject,
  operation: ObjectStep['operation'],
): Promise<NewObjectFact> {
  return factOfSubject(cipher, subject, await evidenceOf(tx, [subject.subjectId]), operation);
}

/** As subjectVersion, where the evidence is known: a new subject has none. */
export function factOfSubject(
  cipher: PersonalCipher,
  subject: Subject,
  evidence: readonly StoredEvidence[],
  operation: ObjectStep['operation'],
): NewObjectFact {
  const { version, revision } = subject;
  return subjectFact(
    subject.subjectId,
    {
      nature: subject.nature,
      certificateType: subject.certificateType,
      nationality: subject.nationality,
      isInvestor: subject.isInvestor,
      isIssuer: subject.isIssuer,
      isMarket: subject.isMarket,
      investorCode: subject.investorCode,
      shareholdersNumber: subject.shareholdersNumber,
      evidence: evidence.slice(0, EVIDENCE_MAX).map((item) => ({
        condition: item.condition,
        verifiedOn: item.verifiedOn,
        document: { documentId: item.documentId, sm3: item.documentSm3 },
      })),
      personal: sealPersonal(cipher, subject.subjectId, subject),
    },
    { version, revision, operation },
  );
}
