/** The business day: stored, opened by command, only forward, only trading days. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface BusinessDay {
  readonly businessDate: LocalDate;
  readonly state: 'open' | 'closed';
}

export type BusinessDayRefusal = Refusal<
  'business-day-not-later' | 'calendar-does-not-cover-date' | 'business-day-not-trading-day'
>;

/**
 * `isTradingDay` is undefined where the calendar has no row for the date.
 * Errors: business-day-not-later, calendar-does-not-cover-date, business-day-not-trading-day.
 */
export function checkOpening(
  date: LocalDate,
  current: LocalDate | undefined,
  isTradingDay: boolean | undefined,
): Result<undefined, BusinessDayRefusal> {
  if (current !== undefined && date <= current) {
    return refuse('business-day-not-later', { date, current });
  }
  if (isTradingDay === undefined) return refuse('calendar-does-not-cover-date', { date });
  return isTradingDay ? ok() : refuse('business-day-not-trading-day', { date });
}
