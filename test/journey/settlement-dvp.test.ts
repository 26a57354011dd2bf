// Delivery versus payment end to end: both legs or neither, whatever happens on the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '#libs/db/pool.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { runChecks } from '#libs/fsck/run-checks.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import { err } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import { createDocumentCipher } from '../../services/settlement/bank/document-cipher.ts';
import type { RegistryPort } from '../../services/settlement/domain/registry-port.ts';
import type { EngineParts } from '../../services/settlement/engine/engine-parts.ts';
import { runRound } from '../../services/settlement/engine/settlement-engine.ts';
import { settlementChecks } from '../../services/settlement/fsck.ts';
import { createPackCipher } from '../../services/settlement/renderer/pack-cipher.ts';
import { createRendering } from '../../services/settlement/renderer/render-events.ts';
import {
  bankAccount,
  bookLine,
  packKey,
  runCycle,
  settledTransfer,
} from '../store/settlement/full-books.ts';
import type { Issue } from '../support/registry-server.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { openSettlementRig, type SettlementRig } from '../support/settlement-rig.ts';
import { testLog } from '../support/test-log.ts';

let rig: SettlementRig;

beforeAll(async () => {
  rig = await openSettlementRig();
}, 120_000);
afterAll(async () => {
  await rig.close();
});

const statesOf = (transfer: { steps: { state: string }[] }) =>
  transfer.steps.map(({ state }) => state);
const lastCode = (transfer: { steps: { code?: string }[] }) => transfer.steps.at(-1)?.code;

/** Money is neither made nor lost, shares neither, and every book agrees with every other. */
async function expectConserved(issue: Issue): Promise<void> {
  const { rows } = await rig.store.query<{ total: bigint }>(
    'select sum(balance_fen)::bigint as total from money_account',
  );
  expect(rows[0]?.total).toBe(0n);
  const shares = await rig.registry.store.query<{ total: bigint }>(
    'select sum(total)::bigint as total from holding where security_id = $1',
    [issue.securityId],
  );
  expect(shares.rows[0]?.total).toBe(1_000n);
  const documents = createDocumentCipher(new Uint8Array(32).fill(7));
  const packs = createPackCipher(packKey, rig.clock);
  const reports = await runChecks(rig.store.db, settlementChecks({ documents, packs }));
  expect(reports.flatMap(({ differences }) => differences)).toEqual([]);
}

async function bothOrNeither(issue: Issue, isSettled: boolean): Promise<void> {
  const { buyer, seller, securityId } = issue;
  const [bought, left] = isSettled ? [100n, 900n] : [0n, 1_000n];
  expect((await rig.registry.held(buyer.accountId, securityId)).total).toBe(bought);
  expect(await rig.registry.held(seller.accountId, securityId)).toEqual({ total: left, free: left });
  const money = await rig.money(buyer.fundAccountId);
  expect(money).toEqual({ balance: isSettled ? '99900' : '200000', held: '0' });
  const paid = await rig.money(seller.fundAccountId);
  expect(paid.balance).toBe(isSettled ? '99900' : '0');
}

/** A rich buyer, and an approved transfer of 100 of the 1,000 shares. */
async function agreed(): Promise<{ issue: Issue; transferId: string }> {
  const issue = await rig.registry.issue();
  await rig.payIn(issue.buyer.fundAccountId, '200000');
  return { issue, transferId: await rig.agree(issue) };
}

/** The engine's process dies at the point: nothing after it happens, everything before stays. */
function dyingAt(point: string): { parts: EngineParts; hasDied: () => boolean } {
  const death = new AbortController();
  const crashPoint = (name: string): void => {
    if (name !== point || death.signal.aborted) return;
    death.abort();
    throw new Error(`killed at ${point}`);
  };
  const parts = { ...rig.engine, crashPoint, signal: death.signal };
  return { parts, hasDied: () => death.signal.aborted };
}

async function runUntilDeath(point: string): Promise<void> {
  const { parts, hasDied } = dyingAt(point);
  for (let round = 0; round < 20 && !hasDied(); round += 1) {
    await runRound(parts).catch(() => 0);
  }
  expect(hasDied()).toBe(true);
}

describe('a transfer', () => {
  it('goes from deposit to settled, through every state once', async () => {
    const { issue, transferId } = await agreed();
    await rig.settleDown();
    expect((await rig.transfer(transferId)).state).toBe('funded');
    expect(await rig.money(issue.buyer.fundAccountId)).toEqual({
      balance: '200000',
      held: '100100',
    });
    await runCycle(rig);
    const transfer = await rig.transfer(transferId);
    expect(statesOf(transfer)).toEqual([
      'approved',
      'reserved',
      'funded',
      'committing',
      'committed',
      'decided',
      'delivered',
      'settled',
    ]);
    const cycle = await rig.maker.get(`/v1/cycles/${transfer.cycleId}`);
    expect(cycle.body.cycle).toMatchObject({ state: 'done', counts: { settled: 1 } });
    await bothOrNeither(issue, true);
    await expectConserved(issue);
  });

  it('waits for money, goes on when it is confirmed, and takes no more than there is', async () => {
    const issue = await rig.registry.issue();
    const first = await rig.agree(issue);
    const second = await rig.agree(issue);
    await rig.settleDown();
    expect((await rig.transfer(first)).state).toBe('reserved');
    await rig.payIn(issue.buyer.fundAccountId, '150000');
    expect((await rig.transfer(first)).state).toBe('funded');
    expect((await rig.transfer(second)).state).toBe('reserved');
    await runCycle(rig);
    expect((await rig.transfer(first)).state).toBe('settled');
    expect((await rig.transfer(second)).state).toBe('reserved');
    await expectConserved(issue);
  });

  it('fails at the reservation when a rival took the shares meanwhile', async () => {
    const issue = await rig.registry.issue();
    const terms = { quantity: '600', amountFen: '600000' };
    const [first, second] = [await rig.agree(issue, terms), await rig.agree(issue, terms)];
    await rig.settleDown();
    expect((await rig.transfer(first)).state).toBe('reserved');
    const failed = await rig.transfer(second);
    expect(statesOf(failed)).toEqual(['approved', 'failed']);
    expect(failed.steps.at(-1).detail.findings.length).toBeGreaterThan(0);
    await expectConserved(issue);
  });

  it('goes back when the money has not come by the deadline', async () => {
    const issue = await rig.registry.issue();
    const transferId = await rig.agree(issue);
    await rig.settleDown();
    expect((await rig.registry.held(issue.seller.accountId, issue.securityId)).free).toBe(900n);
    rig.clock.advance(7 * 86_400_000);
    await rig.settleDown();
    const transfer = await rig.transfer(transferId);
    expect(statesOf(transfer)).toEqual(['approved', 'reserved', 'returning', 'failed']);
    expect(lastCode(transfer)).toBe('deadline-passed');
    expect((await rig.registry.held(issue.seller.accountId, issue.securityId)).free).toBe(1_000n);
    await expectConserved(issue);
  });

  it('gives shares and money back when it is cancelled', async () => {
    const { issue, transferId } = await agreed();
    await rig.settleDown();
    await rig.change(`/v1/transfers/${transferId}/cancellations`, { reason: 'both withdrew' });
    await rig.settleDown();
    const transfer = await rig.transfer(transferId);
    expect(statesOf(transfer).slice(-2)).toEqual(['returning', 'cancelled']);
    await bothOrNeither(issue, false);
    await expectConserved(issue);
  });

  it('goes back alone when the registry refuses to commit it, while its cycle settles', async () => {
    const deadline = addMilliseconds(rig.clock.now(), 3_600_000);
    const late = await rig.registry.issue();
    await rig.payIn(late.buyer.fundAccountId, '200000');
    const lateId = await rig.agree(late, { deadline });
    const { issue, transferId } = await agreed();
    await rig.settleDown();
    expect((await rig.maker.post('/v1/cycles', undefined)).status).toBe(202);
    rig.clock.advance(2 * 3_600_000);
    await rig.settleDown();
    expect((await rig.transfer(transferId)).state).toBe('settled');
    const refused = await rig.transfer(lateId);
    expect(statesOf(refused).slice(-3)).toEqual(['committing', 'returning', 'failed']);
    expect(lastCode(refused)).toBe('reservation-expired');
    const cycle = await rig.maker.get(`/v1/cycles/${refused.cycleId}`);
    expect(cycle.body.cycle).toMatchObject({ state: 'done', counts: { settled: 1, failed: 1 } });
    await bothOrNeither(issue, true);
    await bothOrNeither(late, false);
    await expectConserved(late);
  });
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
    const { issue, transferId } = await agreed();
    if (point === 'settlement.after-reserve' || point === 'settlement.before-hold-commit') {
      await runUntilDeath(point);
      await expectConserved(issue);
      await rig.settleDown();
      await runCycle(rig);
    } else {
      await rig.settleDown();
      await rig.maker.post('/v1/cycles', undefined);
      await runUntilDeath(point);
      await expectConserved(issue);
      await rig.settleDown();
    }
    expect((await rig.transfer(transferId)).state).toBe('settled');
    await bothOrNeither(issue, true);
    await expectConserved(issue);
  });

  it('between giving the shares back and freeing the money ends in neither leg', async () => {
    const { issue, transferId } = await agreed();
    await rig.settleDown();
    await rig.change(`/v1/transfers/${transferId}/cancellations`, { reason: 'both withdrew' });
    await runUntilDeath('settlement.after-give-back');
    expect((await rig.money(issue.buyer.fundAccountId)).held).toBe('100100');
    await rig.settleDown();
    await bothOrNeither(issue, false);
    await expectConserved(issue);
  });

  it('while a reversal moves ends with shares and price back', async () => {
    const { issue, transferId } = await settledTransfer(rig);
    await rig.payIn(issue.seller.fundAccountId, '1000');
    const made = await rig.change(`/v1/transfers/${transferId}/reversals`, { reason: 'in error' });
    await runUntilDeath('settlement.after-reverse');
    expect((await rig.transfer(made.transferId)).state).toBe('decided');
    await rig.settleDown();
    expect((await rig.transfer(made.transferId)).state).toBe('settled');
    expect((await rig.registry.held(issue.seller.accountId, issue.securityId)).total).toBe(1_000n);
    expect(await rig.money(issue.seller.fundAccountId)).toEqual({ balance: '900', held: '0' });
    await expectConserved(issue);
  });

  it('before a bank line is taken, or after a payment was ordered, does neither twice', async () => {
    const { fundAccountId } = await rig.registry.party();
    const payment = { fundAccountId, amountFen: '5000', reference: 'IN-CRASH' };
    await rig.change('/v1/deposits', payment);
    await rig.maker.post('/v1/embedded-bank/transfers', payment);
    await runUntilDeath('settlement.before-bank-commit');
    expect((await rig.money(fundAccountId)).balance).toBe('0');
    await rig.settleDown();
    expect((await rig.money(fundAccountId)).balance).toBe('5000');
    const payout = { fundAccountId, amountFen: '700', ...bankAccount };
    const { payoutId } = await rig.change('/v1/payouts', payout);
    await runUntilDeath('settlement.after-pay');
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
    const { issue, transferId } = await agreed();
    const other = await agreed();
    await settleDownPatiently(parts);
    await rig.change(`/v1/transfers/${other.transferId}/cancellations`, { reason: 'withdrawn' });
    await rig.maker.post('/v1/cycles', undefined);
    await settleDownPatiently(parts);
    expect((await rig.transfer(transferId)).state).toBe('settled');
    expect((await rig.transfer(other.transferId)).state).toBe('cancelled');
    await bothOrNeither(issue, true);
    await bothOrNeither(other.issue, false);
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
    await expectConserved(issue);
  });
});

describe('a reversal', () => {
  it('waits for the price to be there, and happens once', async () => {
    const { issue, transferId } = await settledTransfer(rig);
    const reason = { reason: 'agreed in error' };
    const { transferId: reversalId } = await rig.change(
      `/v1/transfers/${transferId}/reversals`,
      reason,
    );
    await rig.settleDown();
    expect((await rig.transfer(reversalId)).state).toBe('approved');
    await rig.payIn(issue.seller.fundAccountId, '1000');
    expect((await rig.transfer(reversalId)).state).toBe('settled');
    const again = await rig.maker.post(`/v1/transfers/${transferId}/reversals`, reason);
    expect(again.body.code).toBe('transfer-reversed-already');
    await expectConserved(issue);
  });

  it('is refused once the shares have moved on, and the money held for it is freed', async () => {
    const { issue, transferId } = await settledTransfer(rig);
    await rig.registry.openDay('2026-12-03');
    const resale = { ...issue, seller: issue.buyer, buyer: await rig.registry.party() };
    await rig.payIn(resale.buyer.fundAccountId, '200000');
    await rig.agree(resale);
    await rig.settleDown();
    await runCycle(rig);
    await rig.payIn(issue.seller.fundAccountId, '1000');
    const { transferId: reversalId } = await rig.change(`/v1/transfers/${transferId}/reversals`, {
      reason: 'too late',
    });
    await rig.settleDown();
    const reversal = await rig.transfer(reversalId);
    expect(statesOf(reversal)).toEqual(['approved', 'funded', 'decided', 'returning', 'failed']);
    expect(lastCode(reversal)).toBe('shares-have-moved');
    expect(await rig.money(issue.seller.fundAccountId)).toEqual({ balance: '100900', held: '0' });
    await expectConserved(issue);
  });
});

describe('a business day that ends', () => {
  it('between the delivery and the posting leaves both legs on the day of the delivery', async () => {
    const { issue, transferId } = await agreed();
    await rig.settleDown();
    await rig.maker.post('/v1/cycles', undefined);
    await runUntilDeath('settlement.after-deliver');
    await rig.registry.openDay('2026-12-04');
    await rig.settleDown();
    const { businessDate } = await rig.transfer(transferId);
    expect(businessDate).toBe('2026-12-03');
    const entries = await rig.maker.get(
      `/v1/money-accounts/${issue.seller.fundAccountId}/entries`,
    );
    expect(entries.body.items[0].businessDate).toBe(businessDate);
    await expectConserved(issue);
  });
});

describe('what is told to the regulator', () => {
  it('is rendered once, published in order and served as packs', async () => {
    const { issue, transferId } = await settledTransfer(rig);
    const { settlementObject, transferReport } = await rig.transfer(transferId);
    const { objectId } = settlementObject;
    await rig.change('/v1/object-corrections', {
      objectId,
      version: '0',
      operation: 'update',
      reason: 'rejected',
    });
    const database = await createServiceDatabase('bus');
    const pool = createPool({
      connectionString: database.roleUrl('bus_market'),
      schema: 'bus',
      applicationName: 'settlement-journey',
    });
    const bus = createPostgresBus({ pool, log: testLog });
    const told: Record<string, never>[] = [];
    const book = `settlement:${issue.securityId}`;
    const relay = startRelay({
      pool: rig.store.pool,
      bus,
      log: testLog,
      service: 'settlement',
      render: createRendering(createPackCipher(packKey, rig.clock), rig.clock),
    });
    await bus.ensureTopics([{ name: 'settlement.events', partitions: 4 }]);
    const subscription = await bus.subscribe({
      consumer: 'journey',
      topics: ['settlement.events'],
      nextOffsets: async () => new Map(),
      maxBatch: 100,
      handle: async ({ messages }) => {
        for (const { key, value } of messages) {
          if (key === book) told.push(JSON.parse(new TextDecoder().decode(value)));
        }
      },
    });
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2);
    await Promise.all([subscription.stop(), relay.stop()]);
    await bus.close();
    await pool.end();
    await database.drop();

    const [settled, corrected] = told as unknown as {
      type: string;
      data: { sequence: string; objects: { version: string; sm3: string }[] };
    }[];
    expect(settled).toMatchObject({
      specversion: '1.0',
      source: 'settlement',
      type: 'cn.quanji.settlement.transfer-settled.v1',
      data: { book, sequence: '1', objects: [{ objectId, version: '0', revision: '0' }] },
    });
    expect(corrected?.data).toMatchObject({ sequence: '2', objects: [{ version: '1' }] });
    const packs = await rig.service(
      'regulator-link',
      `/v1/object-packs?book=${encodeURIComponent(book)}&fromSequence=1`,
    );
    expect(packs.status).toBe(200);
    expect(packs.body.items.length).toBe(2);
    const [object] = packs.body.items[0].objects;
    const bytes = Buffer.from(object.bytes, 'base64');
    expect(sm3Hex(bytes)).toBe(settled?.data.objects[0]?.sm3);
    expect(object.keyOwner).toEqual({ kind: 'security', id: issue.securityId });
    const body = JSON.parse(bytes.toString('utf8')).body.capital_settlement_information;
    expect(body.basic_information_capital_settlement).toMatchObject({
      settlement_value: 1_000,
      settlement_transaction_ref: `${transferReport.objectId}/${transferReport.version}`,
    });
    await expectConserved(issue);
  });
});
