// All rules together: nothing against a sound transfer, everything at once against a bad one.
import { describe, expect, it } from 'vitest';
import { localDate } from '#libs/time/local-date.ts';
import { evaluateTransferRules } from '../../../../services/registry/domain/rules/evaluate-transfer-rules.ts';
import { parameters, party, transfer } from './transfer-facts.ts';

const codesOf = (more: Parameters<typeof transfer>[0]) =>
  evaluateTransferRules(transfer(more), parameters).map(({ rule, code }) => [rule, code]);

describe('a transfer under all rules', () => {
  it('between two qualified parties of an active security meets no finding', () => {
    expect(codesOf({})).toEqual([]);
  });

  it('that breaks R7, R8, R10, R11 and the position is told all of it at once', () => {
    expect(
      codesOf({
        sellerLastBoughtOn: localDate('2026-11-23'),
        holders: { before: 200, after: 201, exemption: undefined },
        buyer: party('buyer', { evidence: [] }),
        quantity: 101n,
      }),
    ).toEqual([
      ['R7', 'trading-gap-too-short'],
      ['R8', 'holder-limit-exceeded'],
      ['R10', 'investor-not-qualified'],
      ['R11', 'investment-experience-insufficient'],
      ['POSITION', 'insufficient-available-shares'],
    ]);
  });

  it('names parameter and observed value of a shortage', () => {
    const [finding] = evaluateTransferRules(transfer({ quantity: 101n }), parameters);
    expect(finding?.params).toEqual({ parameter: '101', observed: '100' });
  });

  it.each([
    ['the method is not listed', { method: '1' }, 'transfer-method-not-permitted'],
    ['one party is on both sides', { buyer: party('seller') }, 'same-party-on-both-sides'],
  ])('is refused by R5 where %s', (_, more, code) => {
    expect(codesOf(more)).toEqual([['R5', code]]);
  });

  it.each([
    ['frozen', { seller: party('seller', { accountStatus: 'frozen' }) }],
    ['for funds', { buyer: party('buyer', { accountKind: 'fund' }) }],
  ])('is refused by R16 where an account is %s', (_, more) => {
    expect(codesOf(more)).toEqual([['R16', 'account-not-usable']]);
  });

  it.each([
    [
      'the nature is other than circulating',
      { nature: { code: '24', tradable: false } },
      'nature-not-tradable',
    ],
    [
      'the security is suspended',
      { security: { ...transfer().security, status: 'suspended' } },
      'security-not-active',
    ],
  ])('is refused where %s', (_, more, code) => {
    expect(codesOf(more)).toEqual([['F5', code]]);
  });
});

describe('a reversal', () => {
  it('is exempt from R7, R10 and R11 and counted by R8', () => {
    expect(
      codesOf({
        purpose: 'reversal',
        nature: { code: '24', tradable: false },
        sellerLastBoughtOn: localDate('2026-11-23'),
        buyer: party('buyer', { evidence: [] }),
        holders: { before: 200, after: 201, exemption: undefined },
      }),
    ).toEqual([['R8', 'holder-limit-exceeded']]);
  });
});
