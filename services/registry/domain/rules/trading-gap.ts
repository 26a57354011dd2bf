/** R7: five trading days between buying and selling the same security, in either direction. */
import { addTradingDays, type BusinessCalendar, tradingDaysBetween } from '#libs/time/calendar.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { RuleParameters } from './parameters.ts';
import type { TransferFacts } from './transfer-facts.ts';

/** Rule: R7. The clock starts at trades and subscriptions; a reversal is exempt. */
export function tradingGapFindings(facts: TransferFacts, parameters: RuleParameters): Finding[] {
  if (facts.purpose === 'reversal') return [];
  return [
    ...gapFindings('seller', facts.sellerLastBoughtOn, facts, parameters.gapTradingDays),
    ...gapFindings('buyer', facts.buyerLastSoldOn, facts, parameters.gapTradingDays),
  ];
}

function gapFindings(
  side: 'seller' | 'buyer',
  lastTradeOn: LocalDate | undefined,
  facts: TransferFacts,
  gapTradingDays: number,
): Finding[] {
  if (lastTradeOn === undefined) return [];
  // Days before the part of the calendar at hand can only lengthen the gap.
  const since = laterOf(lastTradeOn, facts.calendar[0]?.date ?? lastTradeOn);
  const passed = tradingDaysBetween(facts.calendar, since, facts.businessDate);
  if (!passed.ok)
    return [finding('R7', 'calendar-does-not-cover-date', { ...passed.error.params })];
  if (passed.value >= gapTradingDays) return [];
  return [
    finding('R7', 'trading-gap-too-short', {
      side,
      parameter: gapTradingDays.toString(),
      observed: passed.value.toString(),
      lastTradeOn,
      earliestOn: earliest(facts.calendar, since, gapTradingDays),
    }),
  ];
}

function laterOf(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}

/** A dash where the calendar at hand ends before that day. */
function earliest(calendar: BusinessCalendar, since: LocalDate, gapTradingDays: number): string {
  const day = addTradingDays(calendar, since, gapTradingDays);
  return day.ok ? day.value : '—';
}
