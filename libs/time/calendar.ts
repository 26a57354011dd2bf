/** Trading-day arithmetic over a business calendar that is data with a source, never a guess. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import { addDays, type LocalDate } from './local-date.ts';

export interface CalendarDay {
  readonly date: LocalDate;
  readonly open: boolean;
  /** True until the State Council's notice for the year has been entered. */
  readonly provisional: boolean;
}

/** Sorted by date, one row a day, without a gap. */
export type BusinessCalendar = readonly CalendarDay[];

type Uncovered = Refusal<'calendar-does-not-cover-date'>;

/** Checks the order and completeness that the arithmetic relies on. */
export function businessCalendar(days: readonly CalendarDay[]): BusinessCalendar {
  days.forEach((day, place) => {
    const previous = days[place - 1];
    assert(
      previous === undefined || addDays(previous.date, 1) === day.date,
      `the calendar has a gap or is out of order before ${day.date}`,
    );
  });
  return days;
}

/** Errors: calendar-does-not-cover-date. */
export function isTradingDay(
  calendar: BusinessCalendar,
  date: LocalDate,
): Result<boolean, Uncovered> {
  const day = calendar[placeOf(calendar, date)];
  return day === undefined ? uncovered(date) : ok(day.open);
}

/**
 * The `count`-th trading day strictly after `date`; for a count of zero `date` itself where open,
 * else the next trading day. Errors: calendar-does-not-cover-date.
 */
export function addTradingDays(
  calendar: BusinessCalendar,
  date: LocalDate,
  count: number,
): Result<LocalDate, Uncovered> {
  assert(Number.isInteger(count) && count >= 0, 'trading days are counted forward in whole days');
  const start = placeOf(calendar, date);
  if (start < 0) return uncovered(date);
  let left = count === 0 ? 1 : count;
  for (let place = count === 0 ? start : start + 1; place < calendar.length; place += 1) {
    const day = calendar[place];
    if (day?.open === true) left -= 1;
    if (day !== undefined && left === 0) return ok(day.date);
  }
  return uncovered(lastDate(calendar, date));
}

/**
 * Trading days in (since, until]: 0 for the same day, 1 from one trading day to the next.
 * Errors: calendar-does-not-cover-date.
 */
export function tradingDaysBetween(
  calendar: BusinessCalendar,
  since: LocalDate,
  until: LocalDate,
): Result<number, Uncovered> {
  assert(since <= until, 'trading days are counted from the earlier day to the later');
  const from = placeOf(calendar, since);
  if (from < 0) return uncovered(since);
  const to = placeOf(calendar, until);
  if (to < 0) return uncovered(until);
  let count = 0;
  for (let place = from + 1; place <= to; place += 1) {
    if (calendar[place]?.open === true) count += 1;
  }
  return ok(count);
}

/** -1 where the calendar has no row for the date. */
function placeOf(calendar: BusinessCalendar, date: LocalDate): number {
  let low = 0;
  let high = calendar.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = calendar[middle]?.date ?? date;
    if (found === date) return middle;
    if (found < date) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function lastDate(calendar: BusinessCalendar, fallback: LocalDate): LocalDate {
  const last = calendar[calendar.length - 1];
  return last === undefined ? fallback : addDays(last.date, 1);
}

function uncovered(date: LocalDate): { ok: false; error: Uncovered } {
  return refuse('calendar-does-not-cover-date', { date });
}
