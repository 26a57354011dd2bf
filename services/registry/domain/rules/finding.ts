/** A finding: one rule that stands against a command, with the parameter and what was observed. */

/** A rule of RULES.md, a refusal of function F5, or the shortage of shares. */
export type RuleId = 'R1' | 'R2' | 'R5' | 'R7' | 'R8' | 'R10' | 'R11' | 'R16' | 'F5' | 'POSITION';

export type FindingCode =
  | 'product-type-not-permitted'
  | 'issuer-outside-region'
  | 'transfer-method-not-permitted'
  | 'same-party-on-both-sides'
  | 'nature-not-tradable'
  | 'security-not-active'
  | 'account-not-usable'
  | 'trading-gap-too-short'
  | 'calendar-does-not-cover-date'
  | 'holder-limit-exceeded'
  | 'investor-not-qualified'
  | 'investment-experience-insufficient'
  | 'insufficient-available-shares';

export interface Finding {
  readonly rule: RuleId;
  readonly code: FindingCode;
  /** `parameter` is the rule's value in force, `observed` what it met; others say where. */
  readonly params: Readonly<Record<string, string>>;
}

export function finding(
  rule: RuleId,
  code: FindingCode,
  params: Readonly<Record<string, string>>,
): Finding {
  return { rule, code, params };
}
