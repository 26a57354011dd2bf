/** getRoster: the holders of a security as of a business date, as known at a moment. */
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import {
  type KeysetPage,
  listRoster,
  type RosterEntry,
  type RosterMoment,
  type RosterTotals,
  settleRoster,
  totalRoster,
} from '../repositories/holding-repository.ts';
import { currentDay } from '../repositories/rule-repository.ts';

export interface RosterQuestion {
  readonly securityId: string;
  readonly asOf: LocalDate | undefined;
  readonly knownAt: Instant | undefined;
}

type RosterRefusal = Refusal<'moment-in-future' | 'business-day-not-open' | 'not-found'>;

export interface Roster extends RosterMoment, RosterTotals {
  readonly entries: readonly RosterEntry[];
}

/** Errors: moment-in-future, business-day-not-open, not-found. */
export async function getRoster<DB>(
  db: Database<DB>,
  now: Instant,
  question: RosterQuestion,
  page: KeysetPage,
): Promise<Result<Roster, RosterRefusal>> {
  const knownAt = question.knownAt ?? now;
  if (knownAt > now) return refuse('moment-in-future', { now });
  return await inTransaction<DB, Roster, RosterRefusal>(db, 'read committed', async (tx) => {
    const asOf = question.asOf ?? (await currentDay(tx))?.businessDate;
    if (asOf === undefined) return refuse('business-day-not-open');
    if (!(await settleRoster(tx, question.securityId))) return refuse('not-found');
    const moment = { securityId: question.securityId, asOf, knownAt };
    const totals = await totalRoster(tx, moment);
    return ok({ ...moment, ...totals, entries: await listRoster(tx, moment, page) });
  });
}
