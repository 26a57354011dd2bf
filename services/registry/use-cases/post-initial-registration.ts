/** The initial registration of a security's whole issue (初始登记), and its reversal. */
import type { Executor } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { holderLimit } from '../domain/rules/holder-limit.ts';
import type { AppendedEvent } from '../repositories/event-repository.ts';
import {
  countIdentities,
  findIssue,
  type IssueRow,
  lockSecurities,
  postIssue,
  type SecurityState,
} from '../repositories/issue-repository.ts';
import { exemptionOn } from '../repositories/security-repository.ts';
import { type Act, audit, requireDay, requireDayRules } from './act.ts';
import { stampOf } from './ledger-call.ts';

export interface InitialRegistration {
  readonly securityId: Uuid;
  /** One row for each account and nature; their sum is the registered capital. */
  readonly rows: readonly IssueRow[];
}

export interface PostedIssue extends AppendedEvent {
  readonly businessDate: LocalDate;
}

export type RegistrationRefusal = Refusal<
  | 'business-day-not-open'
  | 'rule-parameter-not-set'
  | 'security-not-found'
  | 'roster-already-posted'
  | 'roster-total-differs'
  | 'account-not-found'
  | 'holder-limit-exceeded'
>;

/**
 * Registers all rows in one event. A row for an account and nature that stands twice is a defect of
 * the caller. Errors: those of RegistrationRefusal, in that order.
 */
export async function postInitialRegistration(
  tx: Executor,
  act: Act,
  { securityId, rows }: InitialRegistration,
): Promise<Result<PostedIssue, RegistrationRefusal>> {
  const day = await requireDayRules(tx);
  if (!day.ok) return day;
  const { businessDate, parameters } = day.value;
  const [state] = await lockSecurities(tx, [securityId]);
  const admitted = checkTotals(securityId, state, rows);
  if (!admitted.ok) return admitted;
  const limit = holderLimit(await exemptionOn(tx, securityId, businessDate), parameters);
  const holders = await checkHolders(tx, rows, limit);
  if (!holders.ok) return holders;
  const eventId = newUuid();
  const command = {
    securityId,
    rows: rows.map((row) => ({ ...row, quantity: row.quantity.toString() })),
  };
  const event = await postIssue(tx, stampOf(act, businessDate, command), {
    securityId,
    sign: 1,
    lot: eventId,
    rows,
    holderLimit: limit,
    businessKey: `${act.businessKey}:initial-registration`,
    eventId,
  });
  await audit(tx, act, {
    action: 'initial-registration-posted',
    target: `security:${securityId}`,
    detail: { eventId, rows: rows.length, totalShares: state?.registered ?? 0n },
  });
  return ok({ ...event, businessDate });
}

function checkTotals(
  securityId: Uuid,
  state: SecurityState | undefined,
  rows: readonly IssueRow[],
): Result<undefined, RegistrationRefusal> {
  if (state === undefined) return refuse('security-not-found', { securityId });
  if (state.issued > 0n) return refuse('roster-already-posted', { securityId });
  const total = rows.reduce((sum, row) => sum + row.quantity, 0n);
  if (total !== state.registered) {
    return refuse('roster-total-differs', {
      parameter: state.registered.toString(),
      observed: total.toString(),
      difference: (total - state.registered).toString(),
    });
  }
  const keys = new Set(rows.map((row) => `${row.accountId}/${row.nature}`));
  assert(keys.size === rows.length, 'an account and nature stands twice in a registration');
  assert(
    rows.every((row) => row.quantity > 0n),
    'a registration has a row without shares',
  );
  return ok();
}

async function checkHolders(
  tx: Executor,
  rows: readonly IssueRow[],
  limit: number,
): Promise<Result<undefined, RegistrationRefusal>> {
  const accountIds = [...new Set(rows.map((row) => row.accountId))];
  const counted = await countIdentities(tx, accountIds);
  if (counted.accounts !== accountIds.length) {
    return refuse('account-not-found', { accountId: `${accountIds.length - counted.accounts}` });
  }
  if (counted.holders > limit) {
    return refuse('holder-limit-exceeded', {
      parameter: limit.toString(),
      observed: counted.holders.toString(),
    });
  }
  return ok();
}

export interface RegistrationReversal {
  readonly securityId: Uuid;
  /** The event of the initial registration. */
  readonly eventId: Uuid;
  readonly reason: string;
}

/**
 * Takes a whole initial registration back while no share has moved or been reserved since.
 * Errors: business-day-not-open, security-not-found, security-has-moved.
 */
export async function reverseInitialRegistration(
  tx: Executor,
  act: Act,
  { securityId, eventId, reason }: RegistrationReversal,
): Promise<
  Result<
    PostedIssue,
    Refusal<'business-day-not-open' | 'security-not-found' | 'security-has-moved'>
  >
> {
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const [state] = await lockSecurities(tx, [securityId]);
  if (state === undefined) return refuse('security-not-found', { securityId });
  const issue = await findIssue(tx, securityId, eventId);
  if (issue === undefined || issue.hasMoved) return refuse('security-has-moved', { securityId });
  const command = { securityId, eventId, reason };
  const event = await postIssue(tx, stampOf(act, day.value, command), {
    securityId,
    sign: -1,
    lot: eventId,
    rows: issue.rows,
    holderLimit: 0,
    businessKey: `${act.businessKey}:initial-registration-reversed`,
    reason,
    eventId: newUuid(),
  });
  await audit(tx, act, {
    action: 'initial-registration-reversed',
    target: `security:${securityId}`,
    detail: { eventId: event.eventId, reversedEventId: eventId, rows: issue.rows.length },
  });
  return ok({ ...event, businessDate: day.value });
}
