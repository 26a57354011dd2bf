// Crashes and lost answers between any two steps of delivery versus payment: both legs or neither.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { err } from '#libs/result/result.ts';
import type { RegistryPort } from '../../services/settlement/domain/registry-port.ts';
import type { EngineParts } from '../../services/settlement/engine/engine-parts.ts';
import { runRound } from '../../services/settlement/engine/settlement-engine.ts';
import {
  bankAccount,
  bookLine,
  runCycle,
  settledTransfer,
} from '../store/settlement/full-books.ts';
import {
  agreed,
  expectBothOrNeither,
  expectConserved,
  runUntilDeath,
  statesOf,
} from '../support/dvp-checks.ts';
import { openSettlementRig, type SettlementRig } from '../support/settlement-rig.ts';

let rig: SettlementRig;

beforeAll(async () => {
  rig = await openSettlementRig();
}, 120_000);
afterAll(async () => {
  await rig.close();
});

describe('a crash', () => {
  it.each([
    'settlement.after-reserve',
    'settlement.before-hold-commit',
    'settlement.after-commit',
    'settlement.after-decide',
    'settlement.after-deliver',
    'settlement.before-settle-commit',
  ])('at %s ends in both legs', async (point) => {
    const { issue, transferId } = await agreed(rig);
    if (point === 'settlement.after-reserve' || point === 'settlement.before-hold-commit') {
      await runUntilDeath(rig, point);
      await expectConserved(rig, issue);
      await rig.settleDown();
      await runCycle(rig);
    } else {
      await rig.settleDown();
      await rig.maker.post('/v1/cycles', undefined);
      await runUntilDeath(rig, point);
      await expectConserved(rig, issue);
      await rig.settleDown();
    }
    expect((await rig.transfer(transferId)).state).toBe('settled');
    await expectBothOrNeither(rig, issue, true);
    await expectConserved(rig, issue);
  });

  it('between giving the shares back and freeing the money ends in neither leg', async () => {
    const { issue, transferId } = await agreed(rig);
    await rig.settleDown();
    await rig.change(`/v1/transfers/${transferId}/cancellations`, { reason: 'both withdrew' });
    await runUntilDeath(rig, 'settlement.after-give-back');
    expect((await rig.money(issue.buyer.fundAccountId)).held).toBe('100100');
    await rig.settleDown();
    await expectBothOrNeither(rig, issue, false);
    await expectConserved(rig, issue);
  });

  it('while a reversal moves ends with shares and price back', async () => {
    const { issue, transferId } = await settledTransfer(rig);
    await rig.payIn(issue.seller.fundAccountId, '1000');
    const made = await rig.change(`/v1/transfers/${transferId}/reversals`, { reason: 'in error' });
    await runUntilDeath(rig, 'settlement.after-reverse');
    expect((await rig.transfer(made.transferId)).state).toBe('decided');
    await rig.settleDown();
    expect((await rig.transfer(made.transferId)).state).toBe('settled');
    expect((await rig.registry.held(issue.seller.accountId, issue.securityId)).total).toBe(1_000n);
    expect(await rig.money(issue.seller.fundAccountId)).toEqual({ balance: '900', held: '0' });
    await expectConserved(rig, issue);
  });

  it('before a bank line is taken, or after a payment was ordered, does neither twice', async () => {
    const { fundAccountId } = await rig.registry.party();
    const payment = { fundAccountId, amountFen: '5000', reference: 'IN-CRASH' };
    await rig.change('/v1/deposits', payment);
    await rig.maker.post('/v1/embedded-bank/transfers', payment);
    await runUntilDeath(rig, 'settlement.before-bank-commit');
    expect((await rig.money(fundAccountId)).balance).toBe('0');
    await rig.settleDown();
    expect((await rig.money(fundAccountId)).balance).toBe('5000');
    const payout = { fundAccountId, amountFen: '700', ...bankAccount };
    const { payoutId } = await rig.change('/v1/payouts', payout);
    await runUntilDeath(rig, 'settlement.after-pay');
    expect((await rig.maker.get(`/v1/payouts/${payoutId}`)).body.state).toBe('held');
    await rig.settleDown();
    expect((await rig.maker.get(`/v1/payouts/${payoutId}`)).body.state).toBe('paid');
    expect(await rig.money(fundAccountId)).toEqual({ balance: '4300', held: '0' });
    await bookLine(rig, 'out-returned', payoutId, 700n);
    await rig.settleDown();
    expect((await rig.maker.get(`/v1/payouts/${payoutId}`)).body.state).toBe('returned');
    expect(await rig.money(fundAccountId)).toEqual({ balance: '5000', held: '0' });
  });
});

/** The registry does what it is asked, and the answer is lost on the way, once for each call. */
function losingAnswers(port: RegistryPort): RegistryPort {
  const lost = new Set<string>();
  const wrap =
    <A extends readonly unknown[], T>(name: string, call: (...args: A) => Promise<T>) =>
    async (...args: A) => {
      const answer = await call(...args);
      if (lost.has(name)) return answer;
      lost.add(name);
      return err({ reason: `the answer to ${name} was lost` });
    };
  return {
    ...port,
    reserve: wrap('reserve', port.reserve),
    commit: wrap('commit', port.commit),
    deliver: wrap('deliver', port.deliver),
    giveBack: wrap('giveBack', port.giveBack),
    reverse: wrap('reverse', port.reverse),
  };
}

/** A round in which every answer was lost throws; that is no reason to stop. */
async function settleDownPatiently(parts: EngineParts): Promise<void> {
  let quietRounds = 0;
  for (let round = 0; round < 60 && quietRounds < 2; round += 1) {
    quietRounds = (await runRound(parts).catch(() => 1)) === 0 ? quietRounds + 1 : 0;
  }
}

describe('a lost answer', () => {
  it('of any call to the registry is asked for again and changes nothing', async () => {
    const parts = { ...rig.engine, registry: losingAnswers(rig.port) };
    const { issue, transferId } = await agreed(rig);
    const other = await agreed(rig);
    await settleDownPatiently(parts);
    await rig.change(`/v1/transfers/${other.transferId}/cancellations`, { reason: 'withdrawn' });
    await rig.maker.post('/v1/cycles', undefined);
    await settleDownPatiently(parts);
    expect((await rig.transfer(transferId)).state).toBe('settled');
    expect((await rig.transfer(other.transferId)).state).toBe('cancelled');
    await expectBothOrNeither(rig, issue, true);
    await expectBothOrNeither(rig, other.issue, false);
    const reason = { reason: 'agreed in error' };
    // The seller has to have the price again: charges took part of it.
    await rig.payIn(issue.seller.fundAccountId, '1000');
    const made = await rig.change(`/v1/transfers/${transferId}/reversals`, reason);
    await settleDownPatiently(parts);
    expect(statesOf(await rig.transfer(made.transferId))).toEqual([
      'approved',
      'funded',
      'decided',
      'delivered',
      'settled',
    ]);
    expect((await rig.registry.held(issue.seller.accountId, issue.securityId)).total).toBe(1_000n);
    expect(await rig.money(issue.buyer.fundAccountId)).toEqual({ balance: '199900', held: '0' });
    await expectConserved(rig, issue);
  });
});
