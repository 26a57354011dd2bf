/** Local dates: calendar days of the market zone as branded 'YYYY-MM-DD' text. */
import type { Brand } from '#libs/result/brand.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import { type Instant, toMilliseconds } from './instant.ts';

/** '2026-11-24'; text order is calendar order. */
export type LocalDate = Brand<string, 'LocalDate'>;

/** China has one zone and no daylight saving, so the zone is a fixed eight hours since 1991. */
export const MARKET_ZONE = 'Asia/Shanghai';

const FORM = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const DAY_MS = 86_400_000;

const marketDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: MARKET_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

export function isLocalDate(value: unknown): value is LocalDate {
  if (typeof value !== 'string' || !FORM.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}

/** Errors: date-malformed, for a day that does not exist too. */
export function parseLocalDate(text: string): Result<LocalDate, Refusal<'date-malformed'>> {
  return isLocalDate(text) ? ok(text) : refuse('date-malformed', { value: text.slice(0, 40) });
}

/** Brands text that is already known to be a date (a constant, a database row). */
export function localDate(text: string): LocalDate {
  assert(isLocalDate(text), `not a date: ${text}`);
  return text;
}

/** Calendar days, not trading days; negative goes back. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return fromEpochDay(toEpochDay(date) + days);
}

/** Calendar days from `since` to `until`; negative where `until` is earlier. */
export function daysBetween(since: LocalDate, until: LocalDate): number {
  return toEpochDay(until) - toEpochDay(since);
}

/** 0 is Sunday. */
export function dayOfWeek(date: LocalDate): number {
  return new Date(toEpochDay(date) * DAY_MS).getUTCDay();
}

/** The day it is at the market at that instant. */
export function marketDateOf(instant: Instant): LocalDate {
  return localDate(marketDay.format(new Date(toMilliseconds(instant))));
}

function toEpochDay(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00.000Z`) / DAY_MS;
}

function fromEpochDay(day: number): LocalDate {
  return localDate(new Date(day * DAY_MS).toISOString().slice(0, 10));
}
