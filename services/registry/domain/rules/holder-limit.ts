/** R8 and R9: the cap on holders of one security, counted through to the real holders. */
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { RuleParameters } from './parameters.ts';
import type { HolderFacts } from './transfer-facts.ts';

/** The limit in force. Rule: R9: an exemption that is in force replaces the general limit. */
export function holderLimit(
  exemption: HolderFacts['exemption'],
  parameters: RuleParameters,
): number {
  return exemption === undefined ? parameters.holdersMax : exemption.cap;
}

/** Rule: R8. A posting that does not add holders passes even above the limit. */
export function holderLimitFindings(holders: HolderFacts, parameters: RuleParameters): Finding[] {
  const limit = holderLimit(holders.exemption, parameters);
  if (holders.after <= limit || holders.after <= holders.before) return [];
  return [
    finding('R8', 'holder-limit-exceeded', {
      parameter: limit.toString(),
      observed: holders.after.toString(),
    }),
  ];
}

/**
 * Distinct real holders when `parties` hold: each gives the identities it counts for, its own or
 * its beneficial owners'.
 */
export function countHolders(parties: Iterable<readonly string[]>): number {
  const identities = new Set<string>();
  for (const party of parties) for (const identity of party) identities.add(identity);
  return identities.size;
}
