// R8 and R9: the limit on holders, looked through, and the exception by law.
import { describe, expect, it } from 'vitest';
import {
  countHolders,
  holderLimit,
  holderLimitFindings,
} from '../../../../services/registry/domain/rules/holder-limit.ts';
import { parameters } from './transfer-facts.ts';

const exemption = { exemptionId: 'e', cap: 300, basis: '商业银行股权托管办法' };

describe('R8', () => {
  it.each([
    [199, 200, 0],
    [200, 201, 1],
    [200, 200, 0],
    [250, 250, 0],
    [250, 249, 0],
    [250, 251, 1],
  ])('from %i to %i holders meets %i findings', (before, after, count) => {
    const findings = holderLimitFindings({ before, after, exemption: undefined }, parameters);
    expect(findings).toHaveLength(count);
  });

  it('counts one person once who holds directly and through a partnership', () => {
    expect(countHolders([['person-a'], ['person-a', 'person-b'], ['person-c']])).toBe(3);
  });
});

describe('R9', () => {
  it('replaces the limit by the cap of an exemption in force', () => {
    expect(holderLimit(exemption, parameters)).toBe(300);
    expect(holderLimitFindings({ before: 200, after: 201, exemption }, parameters)).toEqual([]);
  });

  it('has a limit of its own', () => {
    expect(holderLimitFindings({ before: 300, after: 301, exemption }, parameters)).toEqual([
      {
        rule: 'R8',
        code: 'holder-limit-exceeded',
        params: { parameter: '300', observed: '301' },
      },
    ]);
  });
});
