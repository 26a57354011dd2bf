/** recordInvestorCode: the code that the supervisory side allocated comes back to the subject. */
import type { Executor } from '#libs/db/database.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { marketDateOf } from '#libs/time/local-date.ts';
import { investorCodeLetter } from '../domain/subject.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import { openDay } from '../repositories/rule-repository.ts';
import {
  advanceSubject,
  isInvestorCodeTaken,
  lockSubject,
  versionOfCode,
} from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting } from './act.ts';
import { subjectVersion } from './subject-version.ts';

export interface RecordInvestorCode {
  readonly subjectObjectId: string;
  /** The version whose acceptance carried the code. Decimal string. */
  readonly subjectVersion: string;
  readonly investorCode: string;
  /** Of the signed result that allocated it. */
  readonly resultHash: string;
}

/**
 * Repeats answer with the version that first carried the code. A code does not wait for a business
 * day: without an open one it is effective on the calendar day.
 * Errors: subject-not-found, subject-version-unknown, investor-code-conflict.
 */
export async function recordInvestorCode(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: RecordInvestorCode,
) {
  const { subjectObjectId: objectId, investorCode } = command;
  await lockPartiesBook(tx);
  const subjectId = objectId.slice('SUB-'.length);
  const subject = await lockSubject(tx, setting.cipher, subjectId);
  if (subject === undefined) return refuse('subject-not-found', { subjectId });
  if (BigInt(command.subjectVersion) > subject.version) {
    return refuse('subject-version-unknown', { version: command.subjectVersion });
  }
  if (subject.investorCode === investorCode) {
    const version = await versionOfCode(tx, objectId, investorCode);
    return ok({ objectId, version: (version ?? subject.version).toString() });
  }
  const isConflict =
    subject.investorCode !== null ||
    !subject.isInvestor ||
    !investorCode.startsWith(investorCodeLetter(subject.nature)) ||
    (await isInvestorCodeTaken(tx, investorCode, subjectId));
  if (isConflict) return refuse('investor-code-conflict');
  const next = await advanceSubject(tx, subject, { investorCode });
  await postEvent(tx, act, {
    book: 'parties',
    kind: 'investor-code-recorded',
    effectiveOn: (await openDay(tx))?.businessDate ?? marketDateOf(act.now),
    facts: [await subjectVersion(tx, setting.cipher, next, 'update')],
    command,
  });
  const detail = { investorCode, resultHash: command.resultHash };
  await audit(tx, act, {
    action: 'investor-code-recorded',
    target: `subject:${subjectId}`,
    detail,
  });
  return ok({ objectId, version: next.version.toString() });
}
