/** openAccounts: an investor's securities account and the fund account tied to it (F2). */
import type { Executor } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { accountNumbers } from '../domain/account.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import { accountFact } from '../domain/objects/account-object.ts';
import {
  type AccountToInsert,
  insertAccounts,
  openAccountsOf,
  takeAccountSerials,
} from '../repositories/account-repository.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import {
  advanceSubject,
  findMarket,
  lockSubject,
  type Registered,
  type Subject,
} from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting, requireDay } from './act.ts';
import { subjectVersion } from './subject-version.ts';

export interface OpenAccounts {
  readonly subjectId: string;
}

/** Errors: business-day-not-open, subject-not-found, accounts-already-open. */
export async function checkOpening(
  tx: Executor,
  { cipher }: RegistrySetting,
  { subjectId }: OpenAccounts,
) {
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const subject = await lockSubject(tx, cipher, subjectId);
  if (subject === undefined || subject.isMarket) return refuse('subject-not-found', { subjectId });
  const [open] = await openAccountsOf(tx, [subjectId], 'securities');
  if (open !== undefined) {
    return refuse('accounts-already-open', { subjectId, accountId: open.accountId });
  }
  return ok({ subject, businessDate: day.value });
}

/**
 * The accounts work at once under the market's own numbers. A subject version with the investor
 * role and no investor code is the request for that code. Rule: R16.
 * Errors: those of checkOpening.
 */
export async function openAccounts(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: OpenAccounts,
) {
  await lockPartiesBook(tx);
  const checked = await checkOpening(tx, setting, command);
  if (!checked.ok) return checked;
  const { businessDate } = checked.value;
  const becomesInvestor = !checked.value.subject.isInvestor;
  const subject = becomesInvestor
    ? await advanceSubject(tx, checked.value.subject, { isInvestor: true })
    : checked.value.subject;
  const registered = { on: businessDate, at: act.now };
  const opened = await insertPairs(tx, setting, [subject], registered);
  const facts = [
    ...(becomesInvestor ? [await subjectVersion(tx, setting.cipher, subject, 'update')] : []),
    ...opened.facts,
  ];
  const kind = 'accounts-opened';
  await postEvent(tx, act, { book: 'parties', kind, effectiveOn: businessDate, facts, command });
  const [pair] = opened.pairs;
  if (pair === undefined) throw new Error('no pair of accounts was opened');
  const detail = { subjectId: subject.subjectId, number: pair.number };
  await audit(tx, act, { action: kind, target: `account:${pair.securitiesAccountId}`, detail });
  return ok({
    securitiesAccountId: pair.securitiesAccountId,
    fundAccountId: pair.fundAccountId,
    number: pair.number,
    fundNumber: pair.fundNumber,
  });
}

export interface AccountPair {
  readonly subjectId: Uuid;
  readonly securitiesAccountId: Uuid;
  readonly fundAccountId: Uuid;
  readonly number: string;
  readonly fundNumber: string;
}

/** One pair a subject, with the facts of both accounts; the caller appends these. */
export async function insertPairs(
  tx: Executor,
  setting: RegistrySetting,
  subjects: readonly Subject[],
  registered: Registered,
): Promise<{ readonly pairs: readonly AccountPair[]; readonly facts: readonly NewObjectFact[] }> {
  const market = await findMarket(tx, setting.cipher);
  if (market === undefined) throw new Error('the market has no subject');
  const serials = await takeAccountSerials(tx, subjects.length);
  const pairs = subjects.map(({ subjectId }, place): AccountPair => {
    const numbers = accountNumbers(setting.market.code, serials[place] ?? 0n);
    return {
      subjectId,
      securitiesAccountId: newUuid(),
      fundAccountId: newUuid(),
      number: numbers.securities,
      fundNumber: numbers.fund,
    };
  });
  await insertAccounts(tx, pairs.map(securitiesRow), registered);
  await insertAccounts(tx, pairs.map(fundRow), registered);
  const facts = pairs.flatMap((pair, place) => {
    const subject = subjects[place];
    if (subject === undefined) throw new Error('a pair of accounts has no subject');
    return pairFacts(pair, subject, market, registered.on);
  });
  return { pairs, facts };
}

function securitiesRow(pair: AccountPair): AccountToInsert {
  const { subjectId, securitiesAccountId: accountId, number } = pair;
  return { accountId, subjectId, kind: 'securities', number };
}

function fundRow(pair: AccountPair): AccountToInsert {
  return {
    accountId: pair.fundAccountId,
    subjectId: pair.subjectId,
    kind: 'fund',
    number: pair.fundNumber,
    linkedAccountId: pair.securitiesAccountId,
  };
}

function pairFacts(
  pair: AccountPair,
  subject: Subject,
  market: Subject,
  openedOn: LocalDate,
): NewObjectFact[] {
  const pins = {
    subjectId: subject.subjectId,
    subjectVersion: subject.version,
    marketId: market.subjectId,
    marketVersion: market.version,
  };
  const step = { version: 0n, revision: 0n, operation: 'create' } as const;
  const status = 'normal' as const;
  return [
    accountFact(
      {
        accountId: pair.securitiesAccountId,
        kind: 'securities',
        number: pair.number,
        status,
        openedOn,
      },
      pins,
      step,
    ),
    accountFact(
      { accountId: pair.fundAccountId, kind: 'fund', number: pair.fundNumber, status, openedOn },
      { ...pins, linkedAccountId: pair.securitiesAccountId, linkedAccountVersion: 0n },
      step,
    ),
  ];
}
