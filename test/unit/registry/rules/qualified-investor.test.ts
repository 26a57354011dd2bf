// R10 and R11: who may receive shares in a trade.
import { describe, expect, it } from 'vitest';
import { qualificationFindings } from '../../../../services/registry/domain/rules/qualified-investor.ts';
import type { SubjectNature } from '../../../../services/registry/domain/subject.ts';
import type { Evidence } from '../../../../services/registry/domain/suitability.ts';
import { evidence, parameters, qualified, TODAY } from './transfer-facts.ts';

const rulesAgainst = (nature: SubjectNature, items: readonly Evidence[]) =>
  qualificationFindings({ nature, evidence: items }, TODAY, parameters).map(({ rule }) => rule);

describe('a natural person', () => {
  it('with assets and experience passes R10 and R11', () => {
    expect(rulesAgainst('natural-person', qualified)).toEqual([]);
  });

  it.each<[string, readonly Evidence[], readonly string[]]>([
    [
      'one fen below the threshold fails R10',
      [
        evidence('financial-assets', { amountFen: 49_999_999n }),
        evidence('investment-experience', { months: 24 }),
      ],
      ['R10'],
    ],
    [
      '23 months fail R11',
      [
        evidence('financial-assets', { amountFen: 50_000_000n }),
        evidence('investment-experience', { months: 23 }),
      ],
      ['R11'],
    ],
    [
      'work in finance counts for R11',
      [
        evidence('financial-assets', { amountFen: 50_000_000n }),
        evidence('finance-work-experience', { months: 24 }),
      ],
      [],
    ],
    [
      'two halves of experience make no whole for R11',
      [
        evidence('financial-assets', { amountFen: 50_000_000n }),
        evidence('finance-work-experience', { months: 12 }),
        evidence('investment-experience', { months: 12 }),
      ],
      ['R11'],
    ],
    [
      'evidence that ends today no longer counts for R10',
      [
        evidence('financial-assets', { amountFen: 50_000_000n }, TODAY),
        evidence('investment-experience', { months: 24 }),
      ],
      ['R10'],
    ],
    [
      'net assets are not financial assets for R10',
      [
        evidence('net-assets', { amountFen: 900_000_000n }),
        evidence('investment-experience', { months: 24 }),
      ],
      ['R10'],
    ],
    ['nothing shown fails both', [], ['R10', 'R11']],
  ])('%s', (_, items, expected) => {
    expect(rulesAgainst('natural-person', items)).toEqual(expected);
  });

  it('is told the threshold and what was observed', () => {
    const items = [evidence('financial-assets', { amountFen: 10_000_000n })];
    const [finding] = qualificationFindings(
      { nature: 'natural-person', evidence: items },
      TODAY,
      parameters,
    );
    expect(finding?.params).toEqual({
      condition: 'financial-assets',
      parameter: '50000000',
      observed: '10000000',
    });
  });
});

describe('other investors', () => {
  const netAssets = (amountFen: bigint) => [evidence('net-assets', { amountFen })];
  it.each<[SubjectNature, string, readonly Evidence[], readonly string[]]>([
    ['company', 'the net assets of the market', netAssets(100_000_000n), []],
    ['company', 'one fen less', netAssets(99_999_999n), ['R10']],
    ['partnership', 'nothing shown', [], ['R10']],
    ['managed-plan', 'its record', [evidence('managed-plan')], []],
    ['managed-plan', 'net assets alone', netAssets(100_000_000n), ['R10']],
    ['other-product', 'the record of a plan', [evidence('managed-plan')], ['R10']],
  ])('a %s with %s', (nature, _, items, expected) => {
    expect(rulesAgainst(nature, items)).toEqual(expected);
  });
});
