/** Changes of the trading calendar: what the State Council's notice says of days to come. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { addDays, dayOfWeek, type LocalDate } from '#libs/time/local-date.ts';

export interface CalendarEntry {
  readonly date: LocalDate;
  readonly open: boolean;
}

export type CalendarRefusal = Refusal<
  'calendar-day-repeated' | 'calendar-day-past' | 'calendar-day-weekend' | 'calendar-day-gap'
>;

/**
 * Days after the open business day only: those before it have been counted with. New days must
 * follow the last row without a gap.
 * Errors: calendar-day-repeated, calendar-day-past, calendar-day-weekend, calendar-day-gap.
 */
export function checkCalendarEntries(
  entries: readonly CalendarEntry[],
  current: LocalDate | undefined,
  lastKnown: LocalDate,
): Result<undefined, CalendarRefusal> {
  const sorted = entries.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  let last = lastKnown;
  for (const [place, { date, open }] of sorted.entries()) {
    if (sorted[place - 1]?.date === date) return refuse('calendar-day-repeated', { date });
    if (current !== undefined && date <= current) return refuse('calendar-day-past', { date });
    const weekday = dayOfWeek(date);
    if (open && (weekday === 0 || weekday === 6)) return refuse('calendar-day-weekend', { date });
    if (date > last && addDays(last, 1) !== date) {
      return refuse('calendar-day-gap', { date, last });
    }
    if (date > last) last = date;
  }
  return ok();
}
