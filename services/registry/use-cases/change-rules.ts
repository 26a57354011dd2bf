/** Changes of what the rules go by: exemptions, parameters, calendar, business day. */
import type { Executor } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { localDate } from '#libs/time/local-date.ts';
import { checkOpening } from '../domain/business-day.ts';
import { type CalendarEntry, checkCalendarEntries } from '../domain/calendar.ts';
import { checkParameter } from '../domain/rules/parameters.ts';
import { findDocument } from '../repositories/document-repository.ts';
import {
  calendarBetween,
  currentDay,
  insertParameter,
  lastCalendarDate,
  listParameters,
  saveCalendarDays,
  startDay,
} from '../repositories/rule-repository.ts';
import { findSecurity, insertExemption } from '../repositories/security-repository.ts';
import { type Act, audit, type RegistrySetting, requireDay } from './act.ts';

export interface GrantHolderExemption {
  readonly securityId: string;
  readonly basis: string;
  readonly cap: number;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly documentId: string;
}

/** Errors: business-day-not-open, security-not-found, document-not-found, exemption-period-invalid. */
export async function checkExemption(
  tx: Executor,
  _setting: RegistrySetting,
  command: GrantHolderExemption,
) {
  const { securityId, documentId, validFrom, validUntil } = command;
  const day = await requireDay(tx);
  if (!day.ok) return day;
  if ((await findSecurity(tx, securityId)) === undefined) {
    return refuse('security-not-found', { securityId });
  }
  if ((await findDocument(tx, documentId)) === undefined) {
    return refuse('document-not-found', { documentId });
  }
  const isPeriod = validFrom < validUntil && validUntil > day.value;
  return isPeriod ? ok() : refuse('exemption-period-invalid', { date: day.value });
}

/** Rule: R9. Errors: those of checkExemption. */
export async function grantHolderExemption(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: GrantHolderExemption,
) {
  const checked = await checkExemption(tx, setting, command);
  if (!checked.ok) return checked;
  const exemptionId = newUuid();
  await insertExemption(tx, {
    ...command,
    exemptionId,
    validFrom: localDate(command.validFrom),
    validUntil: localDate(command.validUntil),
    approvedBy: actorKey(act.actor),
    recordedAt: act.now,
  });
  const target = `security:${command.securityId}`;
  const detail = { exemptionId, cap: command.cap, basis: command.basis };
  await audit(tx, act, { action: 'holder-exemption-granted', target, detail });
  return ok({ exemptionId });
}

export interface SetRuleParameter {
  readonly rule: string;
  readonly name: string;
  readonly value: string;
  readonly validFrom: string;
  readonly basis: string;
}

/**
 * Errors: business-day-not-open, rule-parameter-unknown, rule-parameter-value-invalid,
 * rule-parameter-in-past, rule-parameter-date-taken.
 */
export async function checkNewParameter(
  tx: Executor,
  _setting: RegistrySetting,
  { rule, name, value, validFrom }: SetRuleParameter,
) {
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const checked = checkParameter(rule, name, value);
  if (!checked.ok) return checked;
  if (validFrom < day.value) {
    return refuse('rule-parameter-in-past', { validFrom, date: day.value });
  }
  const stored = await listParameters(tx);
  const isTaken = stored.some(
    (row) => row.rule === rule && row.name === name && row.validFrom === validFrom,
  );
  return isTaken ? refuse('rule-parameter-date-taken', { rule, name, validFrom }) : ok();
}

/** Errors: those of checkNewParameter. */
export async function setRuleParameter(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: SetRuleParameter,
) {
  const checked = await checkNewParameter(tx, setting, command);
  if (!checked.ok) return checked;
  const { rule, name, value, basis } = command;
  await insertParameter(tx, {
    parameterId: newUuid(),
    rule,
    name,
    value,
    basis,
    validFrom: localDate(command.validFrom),
    setBy: actorKey(act.actor),
    recordedAt: act.now,
  });
  const detail = { value, validFrom: command.validFrom, basis };
  await audit(tx, act, { action: 'rule-parameter-set', target: `rule:${rule}/${name}`, detail });
  return ok({ rule, parameter: name, validFrom: command.validFrom });
}

export interface EnterCalendarDays {
  readonly source: string;
  readonly days: readonly { readonly date: string; readonly open: boolean }[];
}

function entriesOf({ days }: EnterCalendarDays): CalendarEntry[] {
  return days.map(({ date, open }) => ({ date: localDate(date), open }));
}

/** Errors: those of checkCalendarEntries. */
export async function checkCalendarDays(
  tx: Executor,
  _setting: RegistrySetting,
  command: EnterCalendarDays,
) {
  const current = (await currentDay(tx))?.businessDate;
  const entries = entriesOf(command);
  return checkCalendarEntries(entries, current, await lastCalendarDate(tx));
}

/** Errors: those of checkCalendarDays. */
export async function enterCalendarDays(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: EnterCalendarDays,
) {
  const checked = await checkCalendarDays(tx, setting, command);
  if (!checked.ok) return checked;
  const days = entriesOf(command);
  await saveCalendarDays(tx, days, command.source, act.now);
  const detail = { source: command.source, days: days.map(({ date, open }) => `${date}=${open}`) };
  await audit(tx, act, { action: 'calendar-days-entered', target: 'trading-calendar', detail });
  return ok({ days: days.length });
}

export interface OpenBusinessDay {
  readonly businessDate: string;
}

/** Errors: those of the domain's checkOpening. */
export async function checkBusinessDay(
  tx: Executor,
  _setting: RegistrySetting,
  command: OpenBusinessDay,
) {
  const date = localDate(command.businessDate);
  const current = (await currentDay(tx))?.businessDate;
  const [day] = await calendarBetween(tx, date, date);
  return checkOpening(date, current, day?.open);
}

/** Closes the day before. Errors: those of checkBusinessDay. */
export async function openBusinessDay(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: OpenBusinessDay,
) {
  const checked = await checkBusinessDay(tx, setting, command);
  if (!checked.ok) return checked;
  const date = localDate(command.businessDate);
  await startDay(tx, date, { actor: actorKey(act.actor), at: act.now });
  await audit(tx, act, { action: 'business-day-opened', target: `business-day:${date}` });
  return ok({ businessDate: date });
}
