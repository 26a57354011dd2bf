/** postRosterImport: a checked roster becomes the initial registration, in one transaction. */
import type { Executor } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { assert, ok } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import type { RosterRow } from '../domain/roster/row.ts';
import {
  type Identity,
  identityKey,
  isLookedThrough,
  type NewSubject,
  normaliseSubject,
} from '../domain/subject.ts';
import { openAccountsOf } from '../repositories/account-repository.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import {
  checkedRows,
  isIssued,
  lockImport,
  markPosted,
  markReversed,
} from '../repositories/roster-import-repository.ts';
import {
  advanceSubject,
  findByIdentities,
  insertSubjects,
  lockSubject,
  type Subject,
} from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting, requireDay } from './act.ts';
import { insertPairs } from './open-accounts.ts';
import {
  postInitialRegistration,
  reverseInitialRegistration,
} from './post-initial-registration.ts';
import { factOfSubject, subjectVersion } from './subject-version.ts';

export interface PostRosterImport {
  readonly importId: string;
  /** Of what was checked and is to be posted. */
  readonly contentHash: string;
}

/** Errors: not-found, roster-import-not-passed, roster-already-posted, roster-content-changed. */
export async function checkPosting(
  tx: Executor,
  { cipher }: RegistrySetting,
  { importId, contentHash }: PostRosterImport,
) {
  const roster = await lockImport(tx, importId);
  if (roster === undefined) return refuse('not-found');
  if (roster.state !== 'passed') {
    return refuse('roster-import-not-passed', { state: roster.state });
  }
  const { securityId } = roster;
  if (await isIssued(tx, securityId)) return refuse('roster-already-posted', { securityId });
  const checked = await checkedRows(tx, cipher, importId);
  const isSame =
    roster.contentHash === contentHash &&
    checked !== undefined &&
    sm3Hex(new TextEncoder().encode(checked.text)) === contentHash;
  return isSame ? ok(checked.content) : refuse('roster-content-changed');
}

/**
 * The book of the parties is locked first, then the security. Holders are matched by certificate or
 * registered, accounts opened, positions posted: all or nothing.
 * Errors: business-day-not-open, those of checkPosting, roster-holder-name-differs,
 * roster-holder-not-direct, those of postInitialRegistration.
 */
export async function postRosterImport(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: PostRosterImport,
) {
  await lockPartiesBook(tx);
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const checked = await checkPosting(tx, setting, command);
  if (!checked.ok) return checked;
  const { securityId, rows } = checked.value;
  const holders = await settleHolders(tx, setting, act, day.value, rows);
  if (!holders.ok) return holders;
  const accounts = await settleAccounts(tx, setting, act, day.value, holders.value.subjects);
  const facts = [...holders.value.facts, ...accounts.facts];
  if (facts.length > 0) {
    const kind = 'roster-holders-registered';
    const event = { book: 'parties', kind, effectiveOn: day.value, facts, command } as const;
    await postEvent(tx, act, event);
  }
  const positions = rows.map((row) => {
    const accountId = accounts.accountOf.get(identityKey(row));
    assert(accountId !== undefined, 'a holder of the roster has no account');
    return { accountId, nature: row.natureCode, quantity: BigInt(row.quantity) };
  });
  const posted = await postInitialRegistration(tx, act, { securityId, rows: positions });
  if (!posted.ok) return posted;
  const { eventId } = posted.value;
  await markPosted(tx, command.importId, { eventId, on: day.value });
  await audit(tx, act, {
    action: 'roster-import-posted',
    target: `import:${command.importId}`,
    detail: { eventId, contentHash: command.contentHash, rows: rows.length },
  });
  return ok({ importId: command.importId, securityId, eventId, rows: rows.length });
}

interface Holders {
  /** One a holder, in the order of the roster. */
  readonly subjects: readonly Subject[];
  readonly facts: readonly NewObjectFact[];
}

/** Known holders become investors where they are none; unknown ones are registered. */
async function settleHolders(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  businessDate: LocalDate,
  rows: readonly RosterRow[],
) {
  const holders = [...new Map(rows.map((row) => [identityKey(row), row])).values()];
  const found = await findByIdentities(tx, setting.cipher, holders);
  const known = new Map(found.map((subject) => [identityKey(subject), subject]));
  const subjects: Subject[] = [];
  const facts: NewObjectFact[] = [];
  const unknown: RosterRow[] = [];
  for (const holder of holders) {
    const subject = known.get(identityKey(holder));
    if (subject === undefined) {
      if (isLookedThrough(holder.nature)) return refuse('roster-holder-not-direct');
      unknown.push(holder);
    } else if (subject.name !== holder.name) {
      return refuse('roster-holder-name-differs');
    } else {
      subjects.push(await asInvestor(tx, setting, subject, facts));
    }
  }
  const registered = await registerHolders(tx, setting, act, businessDate, unknown);
  for (const subject of registered) {
    facts.push(factOfSubject(setting.cipher, subject, [], 'create'));
  }
  return ok<Holders>({ subjects: [...subjects, ...registered], facts });
}

async function asInvestor(
  tx: Executor,
  { cipher }: RegistrySetting,
  subject: Subject,
  facts: NewObjectFact[],
): Promise<Subject> {
  if (subject.isInvestor) return subject;
  const locked = await lockSubject(tx, cipher, subject.subjectId);
  const next = await advanceSubject(tx, locked ?? subject, { isInvestor: true });
  facts.push(await subjectVersion(tx, cipher, next, 'update'));
  return next;
}

async function registerHolders(
  tx: Executor,
  { cipher }: RegistrySetting,
  act: Act,
  businessDate: LocalDate,
  holders: readonly RosterRow[],
): Promise<Subject[]> {
  const items = holders.map((holder) => ({
    subjectId: newUuid(),
    subject: toNewSubject(holder),
    isInvestor: true,
    isMarket: false,
  }));
  await insertSubjects(tx, cipher, items, { on: businessDate, at: act.now });
  return items.map(({ subjectId, subject }) => ({
    subjectId,
    nature: subject.nature,
    certificateType: subject.certificateType,
    certificateNumber: subject.certificateNumber,
    name: subject.name,
    phone: subject.phone ?? null,
    address: subject.address ?? null,
    region: subject.region ?? null,
    nationality: subject.nationality,
    isInvestor: true,
    isIssuer: false,
    isMarket: false,
    lookThrough: false,
    investorCode: null,
    shareholdersNumber: null,
    version: 0n,
    revision: 0n,
    registeredOn: businessDate,
  }));
}

function toNewSubject(row: RosterRow): NewSubject {
  return normaliseSubject({
    nature: row.nature,
    name: row.name,
    certificateType: row.certificateType,
    certificateNumber: row.certificateNumber,
    phone: row.phone,
    address: row.address,
    region: undefined,
    nationality: row.nationality,
    beneficialOwners: [],
  });
}

async function settleAccounts(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  businessDate: LocalDate,
  subjects: readonly Subject[],
) {
  const subjectIds = subjects.map(({ subjectId }) => subjectId);
  const open = await openAccountsOf(tx, subjectIds, 'securities');
  const opened = new Map(open.map(({ subjectId, accountId }) => [subjectId, accountId]));
  const without = subjects.filter(({ subjectId }) => !opened.has(subjectId));
  const registered = { on: businessDate, at: act.now };
  const made = await insertPairs(tx, setting, without, registered);
  for (const pair of made.pairs) opened.set(pair.subjectId, pair.securitiesAccountId);
  const accountOf = new Map<string, Uuid | undefined>(
    subjects.map((subject) => [
      identityKey(subject satisfies Identity),
      opened.get(subject.subjectId),
    ]),
  );
  return { accountOf, facts: made.facts };
}

export interface ReverseRosterImport {
  readonly importId: string;
  readonly reason: string;
}

/** Errors: not-found, roster-import-not-posted. */
export async function checkReversal(
  tx: Executor,
  _setting: RegistrySetting,
  { importId }: ReverseRosterImport,
) {
  const roster = await lockImport(tx, importId);
  if (roster === undefined) return refuse('not-found');
  const { securityId, postedEventId: eventId, state } = roster;
  if (state !== 'posted' || eventId === null) return refuse('roster-import-not-posted', { state });
  return ok({ securityId, eventId });
}

/** Errors: those of checkReversal and of reverseInitialRegistration. */
export async function reverseRosterImport(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: ReverseRosterImport,
) {
  const checked = await checkReversal(tx, setting, command);
  if (!checked.ok) return checked;
  const { reason, importId } = command;
  const reversed = await reverseInitialRegistration(tx, act, { ...checked.value, reason });
  if (!reversed.ok) return reversed;
  await markReversed(tx, importId, reversed.value.eventId);
  const detail = { eventId: reversed.value.eventId, reason };
  await audit(tx, act, { action: 'roster-import-reversed', target: `import:${importId}`, detail });
  return ok({ importId, eventId: reversed.value.eventId });
}
