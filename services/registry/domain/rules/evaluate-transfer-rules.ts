/** All rules on one transfer at once: preview, reservation and commit call this same function. */
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { holderLimitFindings } from './holder-limit.ts';
import type { RuleParameters } from './parameters.ts';
import { productTypeFindings, regionFindings } from './product-rules.ts';
import { qualificationFindings } from './qualified-investor.ts';
import { tradingGapFindings } from './trading-gap.ts';
import type { PartyFacts, TransferFacts } from './transfer-facts.ts';

/**
 * Every finding against the transfer, in the order of the rules; none means that it may proceed.
 * Rule: R1, R2, R5, R7, R8, R9, R10, R11, R16.
 */
export function evaluateTransferRules(
  facts: TransferFacts,
  parameters: RuleParameters,
): readonly Finding[] {
  return [
    ...productTypeFindings(facts.security.productType, parameters),
    ...regionFindings(facts.security.issuerRegion, facts.marketRegion, parameters),
    ...methodFindings(facts, parameters),
    ...stateFindings(facts),
    ...tradingGapFindings(facts, parameters),
    ...holderLimitFindings(facts.holders, parameters),
    ...(facts.purpose === 'reversal'
      ? []
      : qualificationFindings(facts.buyer, facts.businessDate, parameters)),
    ...positionFindings(facts),
  ];
}

/** Rule: R5. Two named parties agree, by a method that no matching engine stands behind. */
function methodFindings(facts: TransferFacts, parameters: RuleParameters): Finding[] {
  const findings: Finding[] = [];
  if (!parameters.transferMethods.includes(facts.method)) {
    const params = { parameter: parameters.transferMethods.join(','), observed: facts.method };
    findings.push(finding('R5', 'transfer-method-not-permitted', params));
  }
  if (facts.seller.subjectId === facts.buyer.subjectId) {
    findings.push(finding('R5', 'same-party-on-both-sides', {}));
  }
  return findings;
}

/** Function F5: the security, the nature and both accounts must be open to a trade. */
function stateFindings(facts: TransferFacts): Finding[] {
  const findings: Finding[] = [];
  if (facts.security.status !== 'active') {
    findings.push(finding('F5', 'security-not-active', { observed: facts.security.status }));
  }
  if (facts.purpose === 'trade' && !facts.nature.tradable) {
    findings.push(finding('F5', 'nature-not-tradable', { observed: facts.nature.code }));
  }
  return [
    ...findings,
    ...accountFindings('seller', facts.seller),
    ...accountFindings('buyer', facts.buyer),
  ];
}

function accountFindings(side: 'seller' | 'buyer', party: PartyFacts): Finding[] {
  const observed = party.accountKind === 'securities' ? party.accountStatus : party.accountKind;
  if (observed === 'normal') return [];
  return [finding('R16', 'account-not-usable', { side, parameter: 'normal', observed })];
}

function positionFindings(facts: TransferFacts): Finding[] {
  if (facts.quantity <= facts.available) return [];
  return [
    finding('POSITION', 'insufficient-available-shares', {
      parameter: facts.quantity.toString(),
      observed: facts.available.toString(),
    }),
  ];
}
