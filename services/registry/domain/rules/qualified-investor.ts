/** R10 and R11: the receiving side of a trade or subscription must be a qualified investor. */
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Evidence, EvidenceCondition } from '../suitability.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { RuleParameters } from './parameters.ts';
import type { PartyFacts } from './transfer-facts.ts';

/** Rule: R10, R11. Evidence counts from valid_from until the day before valid_until. */
export function qualificationFindings(
  party: Pick<PartyFacts, 'nature' | 'evidence'>,
  businessDate: LocalDate,
  parameters: RuleParameters,
): Finding[] {
  const valid = party.evidence.filter(
    (item) => item.validFrom <= businessDate && businessDate < item.validUntil,
  );
  switch (party.nature) {
    case 'natural-person':
      return [
        ...amountFindings(valid, 'financial-assets', parameters.financialAssetsMinFen),
        ...experienceFindings(valid, parameters.experienceMonthsMin),
      ];
    case 'managed-plan':
      return valid.some((item) => item.condition === 'managed-plan')
        ? []
        : [finding('R10', 'investor-not-qualified', missing('managed-plan', 'managed-plan'))];
    default:
      return amountFindings(valid, 'net-assets', parameters.netAssetsMinFen);
  }
}

function amountFindings(
  valid: readonly Evidence[],
  condition: EvidenceCondition,
  minimumFen: bigint,
): Finding[] {
  let most: bigint | undefined;
  for (const item of valid) {
    if (item.condition !== condition || item.amountFen === undefined) continue;
    if (most === undefined || item.amountFen > most) most = item.amountFen;
  }
  if (most !== undefined && most >= minimumFen) return [];
  const params = missing(condition, minimumFen.toString());
  return [
    finding('R10', 'investor-not-qualified', {
      ...params,
      ...(most === undefined ? {} : { observed: most.toString() }),
    }),
  ];
}

/** The longest single evidence counts: two half-years of different kinds do not make one. */
function experienceFindings(valid: readonly Evidence[], minimumMonths: number): Finding[] {
  let longest: number | undefined;
  for (const { months } of valid) {
    if (months !== undefined && (longest === undefined || months > longest)) longest = months;
  }
  if (longest !== undefined && longest >= minimumMonths) return [];
  return [
    finding('R11', 'investment-experience-insufficient', {
      parameter: minimumMonths.toString(),
      observed: longest === undefined ? 'none' : longest.toString(),
    }),
  ];
}

function missing(condition: string, parameter: string): Record<string, string> {
  return { condition, parameter, observed: 'none' };
}
