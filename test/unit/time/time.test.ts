import { describe, expect, it } from 'vitest';
import { expectOk } from '#libs/result/result.ts';
import { fixedClock, systemClock } from '#libs/time/clock.ts';
import {
  addMilliseconds,
  instantFromUnixSeconds,
  isInstant,
  millisecondsBetween,
  parseInstant,
  toUnixSeconds,
} from '#libs/time/instant.ts';
import {
  addDays,
  dayOfWeek,
  daysBetween,
  isLocalDate,
  localDate,
  marketDateOf,
  parseLocalDate,
} from '#libs/time/local-date.ts';

const at = (text: string) => expectOk(parseInstant(text), text);

describe('an instant', () => {
  it.each([
    '2026-11-24T22:55:15Z',
    '2026-11-24T22:55:15.123+08:00',
    '2026-11-24 22:55:15.123Z',
    '2026-02-30T00:00:00.000Z',
    '2026-11-24T24:00:00.000Z',
    '',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toMatchObject({ error: { code: 'instant-malformed' } });
  });

  it('counts seconds, rounding down', () => {
    expect(toUnixSeconds(at('1970-01-01T00:00:01.999Z'))).toBe(1);
    expect(instantFromUnixSeconds(1)).toBe('1970-01-01T00:00:01.000Z');
  });

  it('moves by milliseconds and back', () => {
    const start = at('2026-12-31T23:59:59.999Z');
    const next = addMilliseconds(start, 1);
    expect(next).toBe('2027-01-01T00:00:00.000Z');
    expect(millisecondsBetween(start, next)).toBe(1);
  });
});

describe('a clock', () => {
  it('tells an instant', () => {
    expect(isInstant(systemClock.now())).toBe(true);
  });

  it('stands still until told', () => {
    const clock = fixedClock(at('2026-11-24T00:00:00.000Z'));
    expect(clock.now()).toBe(clock.now());
    clock.advance(1_000);
    expect(clock.now()).toBe('2026-11-24T00:00:01.000Z');
    clock.set(at('2027-01-01T00:00:00.000Z'));
    expect(clock.now()).toBe('2027-01-01T00:00:00.000Z');
  });
});

describe('a local date', () => {
  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20260101', '', '2026-00-10'])(
    'is not %j',
    (text) => {
      expect(parseLocalDate(text)).toMatchObject({ error: { code: 'date-malformed' } });
    },
  );

  it('knows leap days', () => {
    expect(isLocalDate('2028-02-29')).toBe(true);
    expect(addDays(localDate('2028-02-28'), 1)).toBe('2028-02-29');
    expect(addDays(localDate('2028-03-01'), -1)).toBe('2028-02-29');
    expect(daysBetween(localDate('2028-02-01'), localDate('2028-03-01'))).toBe(29);
    expect(dayOfWeek(localDate('2026-11-24'))).toBe(2);
  });

  it('begins at the market’s midnight, not at that of UTC', () => {
    expect(marketDateOf(at('2026-11-24T15:59:59.999Z'))).toBe('2026-11-24');
    expect(marketDateOf(at('2026-11-24T16:00:00.000Z'))).toBe('2026-11-25');
  });
});
