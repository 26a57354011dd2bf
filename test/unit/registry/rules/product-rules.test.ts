// R1 and R2: what may be taken into custody, and whose.
import { describe, expect, it } from 'vitest';
import {
  checkCompanyCode,
  checkProductCode,
  onboardingFindings,
} from '../../../../services/registry/domain/product.ts';
import { parameters } from './transfer-facts.ts';

const market = { code: 'ZJ', name: '市场', uscc: '', region: '33' };
const findings = (productType: string, issuerRegion: string, more = {}) =>
  onboardingFindings({ productType, issuerRegion }, market, { ...parameters, ...more });

describe('R1', () => {
  it('lets shares in and private bonds never', () => {
    expect(findings('share', '330100')).toEqual([]);
    expect(findings('private-bond', '330100')).toMatchObject([
      {
        rule: 'R1',
        code: 'product-type-not-permitted',
        params: { parameter: 'share', observed: 'private-bond' },
      },
    ]);
  });
});

describe('R2', () => {
  it.each([
    ['310104', 1],
    ['', 1],
    ['330000', 0],
  ])('region %s meets %i findings', (region, count) => {
    expect(findings('share', region)).toHaveLength(count);
  });

  it('may be waived by parameter', () => {
    expect(findings('share', '310104', { sameRegionRequired: false })).toEqual([]);
  });

  it('is told beside R1', () => {
    expect(findings('private-bond', '310104').map(({ rule }) => rule)).toEqual(['R1', 'R2']);
  });
});

describe('codes of JR/T 0326', () => {
  it.each([
    ['ZJ000001T', 'T', true],
    ['ZJ000001', '', true],
    ['ZJ000001', 'T', false],
    ['SH000001T', 'T', false],
    ['ZJ00001T', 'T', false],
    ['ZJ000001X', 'T', false],
  ] as const)('company %s of layer %s: %s', (code, layer, isFine) => {
    expect(checkCompanyCode(code, layer, market).ok).toBe(isFine);
  });

  it.each([
    ['ZJ000001T.S2601', true],
    ['ZJ000001T.DCFGFR2110', true],
    ['ZJ000001T.S1', false],
    ['ZJ000001TS2601', false],
    ['ZJ000002T.S2601', false],
  ])('product %s: %s', (code, isFine) => {
    expect(checkProductCode(code, 'ZJ000001T').ok).toBe(isFine);
  });
});
