// Delivery versus payment end to end: the ways a transfer goes, comes back, and is told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '#libs/db/pool.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import { createPackCipher } from '../../services/settlement/renderer/pack-cipher.ts';
import { createRendering } from '../../services/settlement/renderer/render-events.ts';
import { packKey, runCycle, settledTransfer } from '../store/settlement/full-books.ts';
import {
  agreed,
  expectBothOrNeither,
  expectConserved,
  lastCode,
  runUntilDeath,
  statesOf,
} from '../support/dvp-checks.ts';
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

describe('a transfer', () => {
  it('goes from deposit to settled, through every state once', async () => {
    const { issue, transferId } = await agreed(rig);
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
    await expectBothOrNeither(rig, issue, true);
    await expectConserved(rig, issue);
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
    await expectConserved(rig, issue);
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
    await expectConserved(rig, issue);
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
    await expectConserved(rig, issue);
  });

  it('gives shares and money back when it is cancelled', async () => {
    const { issue, transferId } = await agreed(rig);
    await rig.settleDown();
    await rig.change(`/v1/transfers/${transferId}/cancellations`, { reason: 'both withdrew' });
    await rig.settleDown();
    const transfer = await rig.transfer(transferId);
    expect(statesOf(transfer).slice(-2)).toEqual(['returning', 'cancelled']);
    await expectBothOrNeither(rig, issue, false);
    await expectConserved(rig, issue);
  });

  it('goes back alone when the registry refuses to commit it, while its cycle settles', async () => {
    const deadline = addMilliseconds(rig.clock.now(), 3_600_000);
    const late = await rig.registry.issue();
    await rig.payIn(late.buyer.fundAccountId, '200000');
    const lateId = await rig.agree(late, { deadline });
    const { issue, transferId } = await agreed(rig);
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
    await expectBothOrNeither(rig, issue, true);
    await expectBothOrNeither(rig, late, false);
    await expectConserved(rig, late);
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
    await expectConserved(rig, issue);
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
    await expectConserved(rig, issue);
  });
});

describe('a business day that ends', () => {
  it('between the delivery and the posting leaves both legs on the day of the delivery', async () => {
    const { issue, transferId } = await agreed(rig);
    await rig.settleDown();
    await rig.maker.post('/v1/cycles', undefined);
    await runUntilDeath(rig, 'settlement.after-deliver');
    await rig.registry.openDay('2026-12-04');
    await rig.settleDown();
    const { businessDate } = await rig.transfer(transferId);
    expect(businessDate).toBe('2026-12-03');
    const entries = await rig.maker.get(`/v1/money-accounts/${issue.seller.fundAccountId}/entries`);
    expect(entries.body.items[0].businessDate).toBe(businessDate);
    await expectConserved(rig, issue);
  });
});

interface Told {
  readonly type: string;
  readonly data: {
    readonly sequence: string;
    readonly objects: readonly { readonly version: string; readonly sm3: string }[];
  };
}

/** The first events of a book as a subscriber of the bus gets them. */
async function publishedOf(book: string, count: number): Promise<readonly Told[]> {
  const database = await createServiceDatabase('bus');
  const pool = createPool({
    connectionString: database.roleUrl('bus_market'),
    schema: 'bus',
    applicationName: 'settlement-journey',
  });
  const bus = createPostgresBus({ pool, log: testLog });
  const render = createRendering(createPackCipher(packKey, rig.clock), rig.clock);
  const service = 'settlement';
  const relay = startRelay({ pool: rig.store.pool, bus, log: testLog, service, render });
  await bus.ensureTopics([{ name: 'settlement.events', partitions: 4 }]);
  const told: Told[] = [];
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
  await expect.poll(() => told.length, { timeout: 20_000 }).toBe(count);
  await Promise.all([subscription.stop(), relay.stop()]);
  await bus.close();
  await pool.end();
  await database.drop();
  return told;
}

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
    const book = `settlement:${issue.securityId}`;
    const [settled, corrected] = await publishedOf(book, 2);
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
    await expectConserved(rig, issue);
  });
});
