// R7: five trading days between buying and selling, both ways, over weekends and holidays.
import { describe, expect, it } from 'vitest';
import { localDate } from '#libs/time/local-date.ts';
import { tradingGapFindings } from '../../../../services/registry/domain/rules/trading-gap.ts';
import { calendarFrom, parameters, transfer } from './transfer-facts.ts';

describe('R7', () => {
  it.each([
    ['on the same day', '2026-11-24', '0'],
    ['four trading days later, over a weekend', '2026-11-18', '4'],
  ])('refuses a sale %s after the purchase', (_, lastTradeOn, observed) => {
    const facts = transfer({ sellerLastBoughtOn: localDate(lastTradeOn) });
    expect(tradingGapFindings(facts, parameters)).toEqual([
      {
        rule: 'R7',
        code: 'trading-gap-too-short',
        params: expect.objectContaining({ side: 'seller', parameter: '5', observed, lastTradeOn }),
      },
    ]);
  });

  it('lets the fifth trading day pass', () => {
    const facts = transfer({ sellerLastBoughtOn: localDate('2026-11-17') });
    expect(tradingGapFindings(facts, parameters)).toEqual([]);
  });

  it('refuses a purchase too soon after the sale, in the other direction', () => {
    const facts = transfer({ buyerLastSoldOn: localDate('2026-11-20') });
    expect(tradingGapFindings(facts, parameters)).toMatchObject([
      { params: { side: 'buyer', observed: '2', earliestOn: '2026-11-27' } },
    ]);
  });

  it('does not count a holiday, though six calendar weekdays have passed', () => {
    const closed = ['2026-11-18', '2026-11-19', '2026-11-20'];
    const calendar = calendarFrom(localDate('2026-10-01'), 100, closed);
    const facts = transfer({ calendar, sellerLastBoughtOn: localDate('2026-11-16') });
    expect(tradingGapFindings(facts, parameters)).toMatchObject([{ params: { observed: '3' } }]);
  });

  it('counts a trade long before the calendar at hand from where that begins', () => {
    const facts = transfer({ sellerLastBoughtOn: localDate('2020-01-02') });
    expect(tradingGapFindings(facts, parameters)).toEqual([]);
  });

  it('refuses rather than guesses when the calendar ends before the business day', () => {
    const calendar = calendarFrom(localDate('2026-10-01'), 30);
    const facts = transfer({ calendar, sellerLastBoughtOn: localDate('2026-10-20') });
    expect(tradingGapFindings(facts, parameters)).toMatchObject([
      { rule: 'R7', code: 'calendar-does-not-cover-date' },
    ]);
  });
});
