// Charges, amounts and money lines: exact, never negative, and summing to zero.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Fen, fen } from '#libs/quantity/money.ts';
import { type ShareQuantity, shares } from '#libs/quantity/shares.ts';
import { expectOk } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { amountOf } from '../../../services/settlement/domain/amount.ts';
import {
  chargesOf,
  computeCharges,
  type FeeParameter,
  moneyToHold,
  parametersOn,
} from '../../../services/settlement/domain/charges.ts';
import { holdOf, settlementLines } from '../../../services/settlement/domain/money-lines.ts';
import { aTransfer } from './a-transfer.ts';

const parameter = (more: Partial<FeeParameter> = {}): FeeParameter => ({
  kind: 'stamp-duty',
  side: 'buyer',
  rate: '0.0005',
  minimumFen: fen(0n),
  validFrom: '2022-07-01' as LocalDate,
  source: 'test',
  ...more,
});

const kinds = ['stamp-duty', 'transfer-fee'] as const;
const sides = ['buyer', 'seller'] as const;
const anyParameter = fc.record({
  kind: fc.constantFrom(...kinds),
  side: fc.constantFrom(...sides),
  rate: fc.bigInt(0n, 99_999_999n).map((n) => `0.${n.toString().padStart(8, '0')}`),
  minimumFen: fc.bigInt(0n, 100_000n).map(fen),
  validFrom: fc.constant('2022-07-01' as LocalDate),
  source: fc.constant('test'),
});
const anyAmount = fc.bigInt(1n, 10n ** 14n).map(fen);

describe('amountOf', () => {
  it.each([
    ['1', 1n, 100n],
    ['0.0001', 1n, 0n],
    ['0.005', 1n, 1n],
    ['0.0049', 1n, 0n],
    ['12.3456', 3n, 3_704n],
    ['999999999.9999', 1n, 100_000_000_000n],
    ['10', 100n, 100_000n],
  ])('of %s yuan times %s is %s fen', (price, quantity, expected) => {
    expect(amountOf(price, shares(quantity))).toBe(expected);
  });

  it('is out of range where the money would be', () => {
    expect(amountOf('999999999.9999', shares(9_007_199_254_740_991n))).toBeUndefined();
    expect(amountOf('1', shares(9_999_999_999_999n))).toBe(999_999_999_999_900n);
    expect(amountOf('1', shares(10_000_000_000_000n))).toBeUndefined();
  });

  it('is never further from the exact product than half a fen', () => {
    const price = fc.bigInt(0n, 9_999_999n);
    fc.assert(
      fc.property(price, fc.bigInt(1n, 10n ** 9n), (tenThousandths, quantity) => {
        const text = `${tenThousandths / 10_000n}.${(tenThousandths % 10_000n).toString().padStart(4, '0')}`;
        const found = amountOf(text, quantity as ShareQuantity);
        if (found === undefined) return;
        const difference = found * 100n - tenThousandths * quantity;
        expect(difference > -50n && difference <= 50n).toBe(true);
      }),
    );
  });
});

describe('parametersOn', () => {
  it('takes the latest that has started, per kind and side', () => {
    const later = parameter({ rate: '0.001', validFrom: '2026-12-01' as LocalDate });
    const all = [parameter(), later, parameter({ side: 'seller' })];
    const rates = (date: string) =>
      parametersOn(all, date as LocalDate).map(({ side, rate }) => [side, rate]);
    expect(rates('2022-06-30')).toEqual([]);
    expect(rates('2026-11-30')).toEqual([
      ['buyer', '0.0005'],
      ['seller', '0.0005'],
    ]);
    expect(rates('2026-12-01')[0]).toEqual(['buyer', '0.001']);
  });
});

describe('computeCharges', () => {
  it.each([
    [100_000n, '0.0005', 0n, 50n],
    [1_000n, '0.0005', 0n, 1n],
    [999n, '0.0005', 0n, undefined],
    [999n, '0.0005', 500n, 500n],
    [100_000n, '0', 0n, undefined],
  ])('of %s fen at %s with at least %s is %s', (amount, rate, minimum, expected) => {
    const charges = computeCharges(fen(amount), [parameter({ rate, minimumFen: fen(minimum) })]);
    expect(expectOk(charges, 'charge')[0]?.amountFen).toBe(expected);
  });
});

describe('settlementLines', () => {
  const accounts = { fees: newUuid(), tax: newUuid() };

  it('sum to zero, take from the buyer what is held, and name nothing twice', () => {
    fc.assert(
      fc.property(anyAmount, fc.array(anyParameter, { maxLength: 4 }), (amountFen, parameters) => {
        const charges = expectOk(computeCharges(amountFen, parameters), 'charge');
        const transfer = aTransfer({ amountFen, charges });
        const lines = settlementLines(transfer, accounts);
        const sum = (ids: readonly Uuid[]) =>
          lines
            .filter(({ accountId }) => ids.includes(accountId))
            .reduce((total, { change }) => total + change, 0n);
        const { buyerFundAccountId: buyer, sellerFundAccountId: seller } = transfer;
        expect(sum([buyer, seller, accounts.fees, accounts.tax])).toBe(0n);
        expect(-sum([buyer])).toBe(holdOf(transfer));
        expect(sum([seller])).toBe(amountFen - chargesOf(charges, 'seller'));
        expect(lines.every(({ change }) => change !== 0n)).toBe(true);
        expect(lines.slice(0, 2)).toEqual([
          { accountId: buyer, change: -amountFen },
          { accountId: seller, change: amountFen },
        ]);
      }),
    );
  });

  it('hold the price alone where nothing is charged', () => {
    expect(moneyToHold(500n as Fen, [])).toBe(500n);
  });
});
