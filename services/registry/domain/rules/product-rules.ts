/** R1 and R2: what may be issued or transferred in this market, and whose it may be. */
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { RuleParameters } from './parameters.ts';

/** Rule: R1. */
export function productTypeFindings(productType: string, parameters: RuleParameters): Finding[] {
  if (parameters.productTypes.includes(productType)) return [];
  const params = { parameter: parameters.productTypes.join(','), observed: productType };
  return [finding('R1', 'product-type-not-permitted', params)];
}

/** Rule: R2. The first two digits of a GB/T 2260 code name the province. */
export function regionFindings(
  issuerRegion: string,
  marketRegion: string,
  parameters: RuleParameters,
): Finding[] {
  if (!parameters.sameRegionRequired || issuerRegion.startsWith(marketRegion)) return [];
  const params = { parameter: marketRegion, observed: issuerRegion.slice(0, 6) };
  return [finding('R2', 'issuer-outside-region', params)];
}
