// Business days and calendar entries: forward only, trading days only, no gap.
import { describe, expect, it } from 'vitest';
import { localDate } from '#libs/time/local-date.ts';
import { checkOpening } from '../../../services/registry/domain/business-day.ts';
import { checkCalendarEntries } from '../../../services/registry/domain/calendar.ts';
import { checkEvidence } from '../../../services/registry/domain/suitability.ts';
import { evidence, TODAY } from './rules/transfer-facts.ts';

describe('opening a business day', () => {
  it.each([
    ['2026-11-25', true, undefined],
    ['2026-11-24', true, 'business-day-not-later'],
    ['2026-11-23', true, 'business-day-not-later'],
    ['2026-11-28', false, 'business-day-not-trading-day'],
    ['2030-01-02', undefined, 'calendar-does-not-cover-date'],
  ])('%s, trading day %s: %s', (date, isTradingDay, code) => {
    const checked = checkOpening(localDate(date), TODAY, isTradingDay);
    expect(checked.ok ? undefined : checked.error.code).toBe(code);
  });

  it('needs no day before it', () => {
    expect(checkOpening(TODAY, undefined, true).ok).toBe(true);
  });
});

describe('entering calendar days', () => {
  const last = localDate('2029-12-31');
  it.each<[string, [string, boolean][], string | undefined]>([
    ['a holiday', [['2027-02-08', false]], undefined],
    [
      'days that follow the last row',
      [
        ['2030-01-01', false],
        ['2030-01-02', true],
      ],
      undefined,
    ],
    [
      'a day given twice',
      [
        ['2027-02-08', false],
        ['2027-02-08', true],
      ],
      'calendar-day-repeated',
    ],
    ['the business day itself', [['2026-11-24', false]], 'calendar-day-past'],
    ['a make-up Saturday', [['2027-02-20', true]], 'calendar-day-weekend'],
    ['a day after a gap', [['2030-01-02', true]], 'calendar-day-gap'],
  ])('%s: %s', (_, days, code) => {
    const entries = days.map(([date, open]) => ({ date: localDate(date), open }));
    const checked = checkCalendarEntries(entries, TODAY, last);
    expect(checked.ok ? undefined : checked.error.code).toBe(code);
  });
});

describe('suitability evidence', () => {
  const fine = evidence('financial-assets', { amountFen: 1n });
  it.each([
    ['an amount for assets', fine, undefined],
    ['no amount for assets', evidence('financial-assets'), 'suitability-evidence-incomplete'],
    [
      'months for assets',
      evidence('financial-assets', { amountFen: 1n, months: 1 }),
      'suitability-evidence-incomplete',
    ],
    [
      'a period that is over',
      evidence('financial-assets', { amountFen: 1n }, '2026-11-24'),
      'suitability-period-invalid',
    ],
    [
      'a verification tomorrow',
      { ...fine, verifiedOn: localDate('2026-11-25') },
      'suitability-period-invalid',
    ],
  ] as const)('with %s: %s', (_, item, code) => {
    const checked = checkEvidence(item, TODAY);
    expect(checked.ok ? undefined : checked.error.code).toBe(code);
  });
});
