/** correctObject: a rejected regulator object issued again, as an overwrite or as the next version. */
import type { Executor } from '#libs/db/database.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import { accountFact } from '../domain/objects/account-object.ts';
import {
  type Account,
  advanceAccount,
  findAccount,
  lockAccount,
} from '../repositories/account-repository.ts';
import type { Book } from '../repositories/event-repository.ts';
import { latestFact, lockPartiesBook } from '../repositories/fact-repository.ts';
import { lockSecurities } from '../repositories/issue-repository.ts';
import { advanceSecurity, findSecurity } from '../repositories/security-repository.ts';
import {
  advanceSubject,
  findMarket,
  findSubject,
  lockSubject,
  reviseSubject,
} from '../repositories/subject-repository.ts';
import {
  type Act,
  audit,
  type DayRules,
  postEvent,
  type RegistrySetting,
  requireDayRules,
} from './act.ts';
import { productVersion } from './product-version.ts';
import { subjectVersion } from './subject-version.ts';

export interface CorrectObject {
  readonly objectId: string;
  /** Of the rejected version, which must be the latest. Decimal string. */
  readonly version: string;
  readonly operation: 'overwrite' | 'update';
  readonly reason: string;
  /** Lane sequence of the rejected record. Decimal string. */
  readonly corrects?: string;
}

/**
 * Transfer reports and registrations follow the postings, which are right, so they are overwritten
 * only. Errors: business-day-not-open, rule-parameter-not-set, object-not-found, object-not-latest,
 * object-update-not-applicable.
 */
export async function checkCorrection(
  tx: Executor,
  _setting: RegistrySetting,
  command: CorrectObject,
) {
  const { objectId, version, operation } = command;
  const rules = await requireDayRules(tx);
  if (!rules.ok) return rules;
  const fact = await latestFact(tx, objectId);
  if (fact === undefined || BigInt(version) > fact.version) {
    return refuse('object-not-found', { objectId, version });
  }
  if (BigInt(version) !== fact.version) {
    return refuse('object-not-latest', { objectId, latest: fact.version.toString() });
  }
  const followsPostings = fact.class === 'transactionreport' || fact.class === 'registration';
  if (followsPostings && operation === 'update') {
    return refuse('object-update-not-applicable', { objectId });
  }
  return ok({ ...rules.value, fact });
}

/** Errors: those of checkCorrection. */
export async function correctObject(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: CorrectObject,
) {
  const known = await latestFact(tx, command.objectId);
  if (known !== undefined) await lockBook(tx, known);
  const checked = await checkCorrection(tx, setting, command);
  if (!checked.ok) return checked;
  const { fact, businessDate } = checked.value;
  const next = await nextFact(tx, setting, checked.value, command.operation);
  const corrected = {
    ...next,
    ...(command.corrects === undefined ? {} : { corrects: BigInt(command.corrects) }),
  };
  const event = await postEvent(tx, act, {
    book: bookOf(fact),
    kind: 'object-corrected',
    effectiveOn: businessDate,
    facts: [corrected],
    command,
    reason: command.reason,
  });
  const { objectId, operation, reason } = command;
  const detail = { operation, reason, eventId: event.eventId };
  await audit(tx, act, { action: 'object-corrected', target: `object:${objectId}`, detail });
  return ok({
    objectId,
    version: next.version.toString(),
    revision: next.revision.toString(),
    eventId: event.eventId,
  });
}

/** Subjects and accounts stand in the book of the parties, the rest in that of their security. */
function bookOf(fact: NewObjectFact): Book {
  return fact.class === 'subject' || fact.class === 'account'
    ? 'parties'
    : `security:${fact.keyOwner.id}`;
}

async function lockBook(tx: Executor, fact: NewObjectFact): Promise<void> {
  if (bookOf(fact) === 'parties') await lockPartiesBook(tx);
  else await lockSecurities(tx, [fact.keyOwner.id]);
}

async function nextFact(
  tx: Executor,
  setting: RegistrySetting,
  { fact, parameters }: DayRules & { readonly fact: NewObjectFact },
  operation: 'overwrite' | 'update',
): Promise<NewObjectFact> {
  const id = fact.objectId.slice('SUB-'.length);
  switch (fact.class) {
    case 'subject': {
      const subject = await lockSubject(tx, setting.cipher, id);
      if (subject === undefined) throw new Error(`${fact.objectId} has no row`);
      const next =
        operation === 'update'
          ? await advanceSubject(tx, subject, {})
          : await reviseSubject(tx, subject);
      return subjectVersion(tx, setting.cipher, next, operation);
    }
    case 'account': {
      const account = await lockAccount(tx, id);
      if (account === undefined) throw new Error(`${fact.objectId} has no row`);
      const next = await advanceAccount(tx, account, operation);
      return accountVersion(tx, setting, next, operation);
    }
    case 'product': {
      const security = await findSecurity(tx, id);
      if (security === undefined) throw new Error(`${fact.objectId} has no row`);
      const next = await advanceSecurity(tx, security, operation);
      return productVersion(tx, setting, parameters, next, operation);
    }
    default:
      return { ...fact, revision: fact.revision + 1n, operation };
  }
}

async function accountVersion(
  tx: Executor,
  { cipher }: RegistrySetting,
  account: Account,
  operation: 'overwrite' | 'update',
): Promise<NewObjectFact> {
  const { accountId, kind, number, status, openedOn, version, revision } = account;
  const subject = await findSubject(tx, cipher, account.subjectId);
  const market = await findMarket(tx, cipher);
  const linked =
    account.linkedAccountId === null ? undefined : await findAccount(tx, account.linkedAccountId);
  if (subject === undefined || market === undefined || (kind !== 'fund' && kind !== 'securities')) {
    throw new Error('a reported account lacks its subject or the market');
  }
  return accountFact(
    { accountId, kind, number, status, openedOn },
    {
      subjectId: subject.subjectId,
      subjectVersion: subject.version,
      marketId: market.subjectId,
      marketVersion: market.version,
      ...(linked === undefined
        ? {}
        : { linkedAccountId: linked.accountId, linkedAccountVersion: linked.version }),
    },
    { version, revision, operation },
  );
}
