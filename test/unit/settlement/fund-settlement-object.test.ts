// Every settled transfer renders to an object that the regulator's schema takes, exactly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildObject } from '#libs/cross-chain-model/build.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { marketDateTime } from '#libs/time/market-date-time.ts';
import type { Instant } from '#libs/time/instant.ts';
import { renderBody } from '../../../services/settlement/domain/objects/render-fact.ts';
import { planEvent, planJournal } from '../../../services/settlement/domain/settled-money.ts';
import { aTransfer } from './a-transfer.ts';

const moneyMax = 999_999_999_999_999n;
const settledAt = marketDateTime('2026-11-24T02:00:00.000Z' as Instant);
const ids = () => ({
  journalId: newUuid(),
  eventId: newUuid(),
  objectId: newUuid(),
  salt: '0f'.repeat(16),
});

function rendered(
  amount: bigint,
  payerAfterFen: bigint,
  payeeAfterFen: bigint,
  isReversal: boolean,
) {
  const transfer = aTransfer({
    amountFen: fen(amount),
    ...(isReversal ? { kind: 'reversal' as const, originalId: newUuid() } : {}),
  });
  const event = planEvent(transfer, ids(), { payerAfterFen, payeeAfterFen }, settledAt);
  const object = buildObject(
    {
      class: 'settlement',
      objectId: event.fact.objectId,
      version: 0n,
      revision: 0n,
      operation: 'create',
      timestampSeconds: 1_764_000_000n,
      salt: event.fact.salt,
    },
    renderBody(event.fact),
  );
  return { event, object, body: renderBody(event.fact) };
}

/** As printed in JSON, in fen again. */
const fenOf = (yuan: unknown): bigint => {
  const [whole = '', cents = ''] = JSON.stringify(yuan).split('.');
  return BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0'));
};

describe('the fund-settlement object', () => {
  it('is valid and exact for every amount and balance in range', () => {
    const anyCase = fc
      .record({ amount: fc.bigInt(1n, moneyMax), isReversal: fc.boolean() })
      .chain(({ amount, isReversal }) =>
        fc.record({
          amount: fc.constant(amount),
          isReversal: fc.constant(isReversal),
          payerAfter: fc.bigInt(0n, moneyMax - amount),
          payeeAfter: fc.bigInt(amount, moneyMax),
        }),
      );
    fc.assert(
      fc.property(anyCase, ({ amount, isReversal, payerAfter, payeeAfter }) => {
        const { object, body } = rendered(amount, payerAfter, payeeAfter, isReversal);
        expect(validateObject(object)).toMatchObject({ ok: true });
        const told = body['capital_settlement_information'] as Record<
          string,
          Record<string, unknown>
        >;
        const out = told['transferor_information'] ?? {};
        const into = told['transferee_information'] ?? {};
        expect(fenOf(told['basic_information_capital_settlement']?.['settlement_value'])).toBe(
          amount,
        );
        expect([
          fenOf(out['settlement_out_account_balance_before_transfer']),
          fenOf(out['settlement_out_account_balance_after_transfer']),
          fenOf(into['settlement_in_account_balance_before_transfer']),
          fenOf(into['settlement_in_account_balance_after_transfer']),
        ]).toEqual([payerAfter + amount, payerAfter, payeeAfter - amount, payeeAfter]);
      }),
      { numRuns: 200 },
    );
  });

  it('cites the transfer report, the product and both accounts as the delivery pinned them', () => {
    const { event } = rendered(100n, 0n, 100n, false);
    expect(event.fact.refs.map(({ path, version }) => [path, version])).toEqual([
      ['product', '3'],
      ['transferReport', '0'],
      ['payerAccount', '3'],
      ['payeeAccount', '3'],
    ]);
  });

  it('says of a reversal what it reverses', () => {
    const { event } = rendered(100n, 0n, 100n, true);
    expect(event.kind).toBe('transfer-reversed');
    expect(event.fact.figures).toHaveProperty('note');
  });

  it('does not render from a fact that lacks a figure or a reference', () => {
    const { event } = rendered(100n, 0n, 100n, false);
    const { amountFen, ...figures } = event.fact.figures as Record<string, string>;
    expect(() => renderBody({ refs: event.fact.refs, figures })).toThrow('amountFen');
    expect(() => renderBody({ refs: [], figures: event.fact.figures })).toThrow('product');
  });
});

describe('planJournal', () => {
  it('has a key of its own for each transfer, and the day of the delivery', () => {
    const transfer = aTransfer();
    const journal = planJournal(transfer, ids(), { fees: newUuid(), tax: newUuid() });
    expect(journal).toMatchObject({
      kind: 'settlement',
      businessKey: `transfer:${transfer.id}`,
      businessDate: '2026-11-24',
    });
  });

  it('is not made before the shares are delivered', () => {
    const undelivered = aTransfer({ delivery: null });
    expect(() => planJournal(undelivered, ids(), { fees: newUuid(), tax: newUuid() })).toThrow(
      'not delivered',
    );
  });
});
