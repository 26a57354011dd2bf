/** Suitability evidence (适当性): what was shown about an investor, by whom verified, valid when. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export const evidenceConditions = [
  'financial-assets',
  'investment-experience',
  'finance-work-experience',
  'net-assets',
  'managed-plan',
] as const;

export type EvidenceCondition = (typeof evidenceConditions)[number];

export interface Evidence {
  readonly condition: EvidenceCondition;
  /** Given for financial-assets and net-assets. Unit: fen. */
  readonly amountFen: bigint | undefined;
  /** Given for the two kinds of experience. */
  readonly months: number | undefined;
  readonly verifiedOn: LocalDate;
  readonly validFrom: LocalDate;
  /** The first day on which it no longer counts. */
  readonly validUntil: LocalDate;
}

const amountConditions: readonly EvidenceCondition[] = ['financial-assets', 'net-assets'];
const monthConditions: readonly EvidenceCondition[] = [
  'investment-experience',
  'finance-work-experience',
];

/** Errors: suitability-evidence-incomplete, suitability-period-invalid. */
export function checkEvidence(
  evidence: Evidence,
  businessDate: LocalDate,
): Result<undefined, Refusal<'suitability-evidence-incomplete' | 'suitability-period-invalid'>> {
  const needsAmount = amountConditions.includes(evidence.condition);
  const needsMonths = monthConditions.includes(evidence.condition);
  if (needsAmount !== (evidence.amountFen !== undefined)) {
    return refuse('suitability-evidence-incomplete', { name: 'amountFen' });
  }
  if (needsMonths !== (evidence.months !== undefined)) {
    return refuse('suitability-evidence-incomplete', { name: 'months' });
  }
  // Nobody has verified something tomorrow, and a period that is over proves nothing.
  const isOrdered =
    evidence.verifiedOn <= businessDate &&
    evidence.verifiedOn <= evidence.validUntil &&
    evidence.validFrom < evidence.validUntil &&
    businessDate < evidence.validUntil;
  return isOrdered ? ok() : refuse('suitability-period-invalid', { date: businessDate });
}
