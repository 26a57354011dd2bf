// A transfer that breaks no rule, for tests that break one at a time.
import { type BusinessCalendar, businessCalendar } from '#libs/time/calendar.ts';
import { addDays, dayOfWeek, type LocalDate, localDate } from '#libs/time/local-date.ts';
import type { RuleParameters } from '../../../../services/registry/domain/rules/parameters.ts';
import type {
  PartyFacts,
  TransferFacts,
} from '../../../../services/registry/domain/rules/transfer-facts.ts';
import type {
  Evidence,
  EvidenceCondition,
} from '../../../../services/registry/domain/suitability.ts';

/** A Tuesday. */
export const TODAY = localDate('2026-11-24');

export const parameters: RuleParameters = {
  productTypes: ['share'],
  sameRegionRequired: true,
  transferMethods: ['2'],
  gapTradingDays: 5,
  holdersMax: 200,
  financialAssetsMinFen: 50_000_000n,
  netAssetsMinFen: 100_000_000n,
  experienceMonthsMin: 24,
};

/** Weekdays are open, but for those given as closed. */
export function calendarFrom(
  from: LocalDate,
  days: number,
  closed: readonly string[] = [],
): BusinessCalendar {
  return businessCalendar(
    Array.from({ length: days }, (_, at) => {
      const date = addDays(from, at);
      const isWeekend = dayOfWeek(date) === 0 || dayOfWeek(date) === 6;
      return { date, open: !isWeekend && !closed.includes(date), provisional: false };
    }),
  );
}

export function evidence(
  condition: EvidenceCondition,
  value: { amountFen?: bigint; months?: number } = {},
  until = '2027-01-01',
): Evidence {
  return {
    condition,
    amountFen: value.amountFen,
    months: value.months,
    verifiedOn: localDate('2026-01-01'),
    validFrom: localDate('2026-01-01'),
    validUntil: localDate(until),
  };
}

export const qualified: readonly Evidence[] = [
  evidence('financial-assets', { amountFen: 50_000_000n }),
  evidence('investment-experience', { months: 24 }),
];

const party = (name: string, more: Partial<PartyFacts> = {}): PartyFacts => ({
  accountId: `${name}-account`,
  accountKind: 'securities',
  accountStatus: 'normal',
  subjectId: name,
  nature: 'natural-person',
  evidence: qualified,
  ...more,
});

export function transfer(more: Partial<TransferFacts> = {}): TransferFacts {
  return {
    purpose: 'trade',
    businessDate: TODAY,
    calendar: calendarFrom(localDate('2026-10-01'), 100),
    marketRegion: '33',
    method: '2',
    security: { securityId: 's', productType: 'share', status: 'active', issuerRegion: '330100' },
    nature: { code: '0', tradable: true },
    seller: party('seller', { evidence: [] }),
    buyer: party('buyer'),
    quantity: 100n,
    available: 100n,
    sellerLastBoughtOn: undefined,
    buyerLastSoldOn: undefined,
    holders: { before: 10, after: 11, exemption: undefined },
    ...more,
  };
}

export { party };
