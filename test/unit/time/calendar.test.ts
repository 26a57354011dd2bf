import { describe, expect, it } from 'vitest';
import { expectOk } from '#libs/result/result.ts';
import {
  addTradingDays,
  businessCalendar,
  isTradingDay,
  tradingDaysBetween,
} from '#libs/time/calendar.ts';
import { addDays, localDate } from '#libs/time/local-date.ts';

/** From Monday 2026-11-23 for two weeks; Wednesday 25 is a holiday, Saturday 28 a working day. */
const first = localDate('2026-11-23');
const calendar = businessCalendar(
  Array.from({ length: 14 }, (_, place) => {
    const date = addDays(first, place);
    const isWeekend = place % 7 >= 5;
    const open = date === '2026-11-28' || (!isWeekend && date !== '2026-11-25');
    return { date, open, provisional: false };
  }),
);
const day = (text: string) => localDate(`2026-${text}`);

describe('the trading calendar', () => {
  it.each([
    ['11-23', 1, '11-24'],
    ['11-24', 1, '11-26'],
    ['11-25', 1, '11-26'],
    ['11-27', 1, '11-28'],
    ['11-28', 1, '11-30'],
    ['11-23', 5, '11-30'],
    ['11-23', 0, '11-23'],
    ['11-25', 0, '11-26'],
  ] as const)('from %s, %s trading days on, it is %s', (from, count, to) => {
    expect(expectOk(addTradingDays(calendar, day(from), count), to)).toBe(day(to));
  });

  it.each([
    ['11-23', '11-23', 0],
    ['11-23', '11-24', 1],
    ['11-24', '11-25', 0],
    ['11-23', '11-30', 5],
    ['11-25', '11-29', 3],
  ] as const)('between %s and %s there are %s', (since, until, count) => {
    expect(expectOk(tradingDaysBetween(calendar, day(since), day(until)), until)).toBe(count);
  });

  it('agrees with itself in both directions', () => {
    for (const { date } of calendar.slice(0, 7)) {
      for (let count = 1; count <= 3; count += 1) {
        const later = expectOk(addTradingDays(calendar, date, count), date);
        expect(expectOk(tradingDaysBetween(calendar, date, later), later)).toBe(count);
      }
    }
  });

  it('knows open days from closed ones', () => {
    expect(isTradingDay(calendar, day('11-28'))).toEqual({ ok: true, value: true });
    expect(isTradingDay(calendar, day('11-25'))).toEqual({ ok: true, value: false });
  });

  it('refuses every date beyond its rows instead of guessing', () => {
    const uncovered = { ok: false, error: { code: 'calendar-does-not-cover-date' } };
    expect(isTradingDay(calendar, day('12-07'))).toMatchObject(uncovered);
    expect(isTradingDay(calendar, day('11-22'))).toMatchObject(uncovered);
    expect(addTradingDays(calendar, day('12-04'), 1)).toMatchObject(uncovered);
    expect(addTradingDays(calendar, day('12-07'), 1)).toMatchObject(uncovered);
    expect(tradingDaysBetween(calendar, day('11-23'), day('12-07'))).toMatchObject(uncovered);
    expect(tradingDaysBetween(calendar, day('11-20'), day('11-23'))).toMatchObject(uncovered);
    expect(addTradingDays([], day('11-23'), 1)).toMatchObject(uncovered);
  });

  it('asserts on rows with a gap, out of order, or twice', () => {
    const [a, b, c] = calendar.slice(0, 3);
    if (!a || !b || !c) throw new Error('the calendar has three rows');
    expect(() => businessCalendar([a, c])).toThrow(/gap/);
    expect(() => businessCalendar([b, a])).toThrow(/order/);
    expect(() => businessCalendar([a, a])).toThrow();
  });
});
