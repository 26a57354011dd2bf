/** Issuers and products: the codes of JR/T 0326 and the rules of onboarding (R1, R2). */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { Finding } from './rules/finding.ts';
import type { RuleParameters } from './rules/parameters.ts';
import { productTypeFindings, regionFindings } from './rules/product-rules.ts';

/** JR/T 0326: the layer letter; T is custody only. An empty layer has no letter. */
export const companyLayers = ['F', 'G', 'P', 'T', ''] as const;
export type CompanyLayer = (typeof companyLayers)[number];

export interface Market {
  /** Region prefix of JR/T 0326, as in ZJ. */
  readonly code: string;
  readonly name: string;
  readonly uscc: string;
  /** Province prefix of GB/T 2260, two digits. */
  readonly region: string;
}

export type CodeRefusal = Refusal<'company-code-invalid' | 'product-code-invalid'>;

const COMPANY_CODE = /^([A-Z]{2,3})[0-9]{6}([FGPT]?)$/;
/** The standard's annex and examples differ in the class part, so it is taken loosely. */
const PRODUCT_CLASS = /^[A-Z]{1,6}[0-9]{2,4}$/;

/** Region of the market + six digits + layer letter. Errors: company-code-invalid. */
export function checkCompanyCode(
  companyCode: string,
  layer: CompanyLayer,
  market: Market,
): Result<undefined, CodeRefusal> {
  const [, region, letter] = COMPANY_CODE.exec(companyCode) ?? [];
  if (region !== market.code || letter !== layer) {
    return refuse('company-code-invalid', { value: companyCode.slice(0, 20), region: market.code });
  }
  return ok();
}

/** Company code + "." + class code. Errors: product-code-invalid. */
export function checkProductCode(
  productCode: string,
  companyCode: string,
): Result<undefined, CodeRefusal> {
  const isOfCompany = productCode.startsWith(`${companyCode}.`);
  if (!isOfCompany || !PRODUCT_CLASS.test(productCode.slice(companyCode.length + 1))) {
    return refuse('product-code-invalid', { value: productCode.slice(0, 40), companyCode });
  }
  return ok();
}

/** Every rule that stands against the onboarding. Rule: R1, R2. */
export function onboardingFindings(
  product: { readonly productType: string; readonly issuerRegion: string },
  market: Market,
  parameters: RuleParameters,
): Finding[] {
  return [
    ...productTypeFindings(product.productType, parameters),
    ...regionFindings(product.issuerRegion, market.region, parameters),
  ];
}
