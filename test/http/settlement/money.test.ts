// Client money, rates and approvals over HTTP, with the real registry behind them.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import { bankAccount, bookLine } from '../../store/settlement/full-books.ts';
import type { Party } from '../../support/registry-server.ts';
import { openSettlementRig, type SettlementRig } from '../../support/settlement-rig.ts';

let rig: SettlementRig;
let party: Party;

beforeAll(async () => {
  rig = await openSettlementRig();
  party = await rig.registry.party();
}, 120_000);
afterAll(async () => {
  await rig.close();
});

const unknown = '0192f000-0000-7000-8000-000000000001';
const depositOf = (more: object = {}) => ({
  fundAccountId: party.fundAccountId,
  amountFen: '5000',
  reference: `IN-${newUuid()}`,
  ...more,
});
const payoutOf = (more: object = {}) => ({
  fundAccountId: party.fundAccountId,
  amountFen: '100',
  ...bankAccount,
  ...more,
});
const suspense = async (): Promise<bigint> => {
  const { rows } = await rig.store.query<{ balance: bigint }>(
    "select balance_fen as balance from money_account where kind = 'suspense'",
  );
  return rows[0]?.balance ?? 0n;
};

describe('announceDeposit, payIntoEmbeddedBank and getDeposit', () => {
  it('count money once the bank confirms it', async () => {
    const deposit = depositOf();
    const { depositId } = await rig.change('/v1/deposits', deposit);
    await rig.settleDown();
    const target = `/v1/deposits/${depositId}`;
    expect((await rig.maker.get(target)).body).toMatchObject({ state: 'announced', ...deposit });
    expect((await rig.maker.post('/v1/embedded-bank/transfers', deposit)).status).toBe(201);
    await rig.settleDown();
    expect((await rig.maker.get(target)).body.state).toBe('confirmed');
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '5000', held: '0' });
    const twice = await rig.maker.post('/v1/embedded-bank/transfers', deposit);
    expect([twice.status, twice.body.code]).toEqual([409, 'bank-reference-used']);
    expect((await rig.maker.get(`/v1/deposits/${unknown}`)).status).toBe(404);
  });

  it('put another amount, another account and what nobody expects in suspense', async () => {
    const before = await suspense();
    const stranger = await rig.registry.party();
    const [short, foreign] = [depositOf(), depositOf()];
    const made = await rig.change('/v1/deposits', short);
    const other = await rig.change('/v1/deposits', foreign);
    const pay = (body: object) => rig.maker.post('/v1/embedded-bank/transfers', body);
    await pay({ ...short, amountFen: '4999' });
    await pay({ ...foreign, fundAccountId: stranger.fundAccountId });
    await pay(depositOf({ amountFen: '7' }));
    await bookLine(rig, 'out', 'SOMETHING', 3n);
    await rig.settleDown();
    const reasons = [made, other].map(async ({ depositId }) => {
      const { body } = await rig.maker.get(`/v1/deposits/${depositId}`);
      return [body.state, body.reason];
    });
    expect(await Promise.all(reasons)).toEqual([
      ['mismatched', 'amount-differs'],
      ['mismatched', 'account-differs'],
    ]);
    expect((await suspense()) - before).toBe(4_999n + 5_000n + 7n - 3n);
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '5000', held: '0' });
  });

  it('refuse accounts that hold no money and references in use, early and at approval', async () => {
    const post = (more: object) => rig.maker.post('/v1/deposits', depositOf(more));
    for (const fundAccountId of [unknown, party.accountId]) {
      const answer = await post({ fundAccountId });
      expect([answer.status, answer.body.code]).toEqual([422, 'fund-account-not-found']);
    }
    const { reference } = depositOf();
    const [first, second] = [await post({ reference }), await post({ reference })];
    expect((await rig.decide(first)).status).toBe(200);
    expect((await rig.decide(second)).body.code).toBe('deposit-reference-used');
    const third = await post({ reference });
    expect([third.status, third.body.code]).toEqual([409, 'deposit-reference-used']);
  });

  it('never let the total of client money leave the range, and never stop the bank’s lines', async () => {
    const largest = '999999999999999';
    for (let n = 0; n < 2; n += 1) {
      const deposit = depositOf({ amountFen: largest });
      const { depositId } = await rig.change('/v1/deposits', deposit);
      await rig.maker.post('/v1/embedded-bank/transfers', deposit);
      await rig.settleDown();
      const { body } = await rig.maker.get(`/v1/deposits/${depositId}`);
      expect([body.state, body.reason]).toEqual(['mismatched', 'total-out-of-range']);
    }
    const small = depositOf({ amountFen: '1' });
    const { depositId } = await rig.change('/v1/deposits', small);
    await rig.maker.post('/v1/embedded-bank/transfers', small);
    await rig.settleDown();
    expect((await rig.maker.get(`/v1/deposits/${depositId}`)).body.state).toBe('confirmed');
  });
});

describe('getMoneyAccount and listMoneyEntries', () => {
  it('show the owner and staff, and nobody else', async () => {
    const investor = (subjectId: string) => rig.as(['investor'], { subjectId });
    const own = await investor(party.subjectId);
    const other = await investor((await rig.registry.party()).subjectId);
    const target = `/v1/money-accounts/${party.fundAccountId}`;
    expect((await own.get(target)).body).toMatchObject({ currency: 'CNY', balanceFen: '5001' });
    for (const path of [target, `${target}/entries`]) {
      const hidden = await other.get(path);
      const absent = await other.get(path.replace(party.fundAccountId, unknown));
      const { traceId, instance, ...problem } = hidden.body;
      expect(hidden.status).toBe(404);
      expect(absent.body).toMatchObject(problem);
    }
    const registrar = await rig.as(['registrar.maker']);
    expect((await registrar.get(target)).status).toBe(403);
    const { rows } = await rig.store.query<{ id: string }>(
      "select id from money_account where kind = 'bank'",
    );
    expect((await rig.maker.get(`/v1/money-accounts/${rows[0]?.id}`)).status).toBe(404);
  });

  it('page through the entries, newest first, each with the balance it left', async () => {
    const target = `/v1/money-accounts/${party.fundAccountId}/entries?limit=1`;
    const first = await rig.maker.get(target);
    expect(first.body.items).toMatchObject([
      { kind: 'deposit', changeFen: '1', balanceAfterFen: '5001', businessDate: '2026-11-24' },
    ]);
    const cursor = encodeURIComponent(first.body.nextCursor);
    const second = await rig.maker.get(`${target}&cursor=${cursor}`);
    expect(second.body.items).toMatchObject([{ changeFen: '5000', balanceAfterFen: '5000' }]);
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('requestPayout and getPayout', () => {
  it('hold the money, order the payment once, and show the account masked', async () => {
    const asked = await rig.maker.post('/v1/payouts', payoutOf({ amountFen: '1000' }));
    expect(JSON.stringify(asked.body)).not.toContain(bankAccount.bankAccount);
    expect(JSON.stringify(asked.body)).not.toContain(bankAccount.payeeName);
    const { payoutId } = (await rig.decide(asked)).body.approval.result;
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '5001', held: '1000' });
    const target = `/v1/payouts/${payoutId}`;
    expect((await rig.maker.get(target)).body.state).toBe('held');
    await rig.settleDown();
    const paid = (await rig.maker.get(target)).body;
    expect(paid.state).toBe('paid');
    expect(paid.bankAccountMasked).not.toBe(bankAccount.bankAccount);
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '4001', held: '0' });
    await bookLine(rig, 'out-returned', payoutId, 1_000n);
    await rig.settleDown();
    expect((await rig.maker.get(target)).body).toMatchObject({
      state: 'returned',
      reason: 'returned-by-bank',
    });
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '5001', held: '0' });
    expect((await rig.maker.get(`/v1/payouts/${unknown}`)).status).toBe(404);
  });

  it('refuse more than is available, early and at approval', async () => {
    const post = (more: object) => rig.maker.post('/v1/payouts', payoutOf(more));
    const absent = await post({ fundAccountId: unknown });
    expect([absent.status, absent.body.code]).toEqual([422, 'fund-account-not-found']);
    const tooMuch = await post({ amountFen: '5002' });
    expect([tooMuch.status, tooMuch.body.code]).toEqual([422, 'insufficient-money']);
    const [first, second] = [await post({ amountFen: '4000' }), await post({ amountFen: '4000' })];
    const answers = await Promise.all([rig.decide(first), rig.decide(second)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422]);
    await rig.settleDown();
    expect(await rig.money(party.fundAccountId)).toEqual({ balance: '1001', held: '0' });
  });
});

describe('setFeeParameter and listFeeParameters', () => {
  const rate = {
    kind: 'transfer-fee',
    side: 'buyer',
    rate: '0.001',
    minimumFen: '100',
    validFrom: '2026-12-01',
    source: '收费办法',
  };

  it('change no past, and end the rate before', async () => {
    const set = await rig.change('/v1/fee-parameters', rate);
    expect(set).toEqual({ kind: 'transfer-fee', side: 'buyer', validFrom: '2026-12-01' });
    const listed = await rig.maker.get('/v1/fee-parameters');
    const own = listed.body.items.filter(
      (item: { kind: string; side: string }) =>
        item.kind === 'transfer-fee' && item.side === 'buyer',
    );
    expect(own).toMatchObject([
      { rate: '0.0005', validUntil: '2026-12-01' },
      { rate: '0.001', minimumFen: '100', validUntil: null },
    ]);
    for (const validFrom of ['2026-11-24', '2020-01-01']) {
      const late = await rig.maker.post('/v1/fee-parameters', { ...rate, validFrom });
      expect([late.status, late.body.code]).toEqual([422, 'fee-parameter-in-past']);
    }
    const again = await rig.maker.post('/v1/fee-parameters', rate);
    expect((await rig.decide(again)).body.code).toBe('fee-parameter-in-past');
  });
});

describe('decideApproval, getApproval and listApprovals', () => {
  it('decideApproval lets a second person alone decide, once, exactly what was asked', async () => {
    const id = newUuid();
    const both = await rig.as(['settlement.maker', 'settlement.checker'], { id });
    const asked = await both.post('/v1/deposits', depositOf());
    const same = await rig.decide(asked, 'approve', both);
    expect([same.status, same.body.code]).toEqual([422, 'approval-same-person']);
    const target = `/v1/approvals/${asked.body.approval.id}`;
    const changed = await rig.checker.post(`${target}/decisions`, {
      payloadHash: '0'.repeat(64),
      decision: 'approve',
      opinion: 'checked',
    });
    expect(changed.body.code).toBe('approval-payload-changed');
    expect((await rig.decide(asked, 'approve', rig.maker)).status).toBe(403);
    expect((await rig.decide(asked, 'return')).body.approval.state).toBe('returned');
    expect((await rig.decide(asked)).body.code).toBe('approval-already-decided');
    expect((await rig.checker.get(target)).body.approval).toMatchObject({
      state: 'returned',
      opinion: 'checked',
    });
    expect((await rig.checker.get(`/v1/approvals/${unknown}`)).status).toBe(404);
  });

  it('refuse a payload that was edited behind its hash', async () => {
    const [asked, rival] = [
      await rig.maker.post('/v1/deposits', depositOf()),
      await rig.maker.post('/v1/deposits', depositOf({ amountFen: '9' })),
    ];
    await sql`
      update approval a set payload = b.payload from approval b
      where a.id = ${asked.body.approval.id} and b.id = ${rival.body.approval.id}`.execute(
      rig.store.root,
    );
    expect((await rig.decide(asked)).body.code).toBe('approval-payload-changed');
  });

  it('refuse what nobody decided in time', async () => {
    const asked = await rig.maker.post('/v1/deposits', depositOf());
    const start = rig.clock.now();
    rig.clock.set('2026-12-02T02:00:00.000Z' as Instant);
    expect((await rig.decide(asked)).body.code).toBe('approval-expired');
    rig.clock.set(start);
  });

  it('list by state, newest first, with names and accounts masked', async () => {
    await rig.maker.post('/v1/payouts', payoutOf());
    const page = await rig.checker.get('/v1/approvals?state=pending&limit=1');
    expect(page.body.items).toMatchObject([{ operation: 'requestPayout', state: 'pending' }]);
    expect(JSON.stringify(page.body)).not.toContain(bankAccount.bankAccount);
    const cursor = encodeURIComponent(page.body.nextCursor);
    const next = await rig.checker.get(`/v1/approvals?state=pending&limit=1&cursor=${cursor}`);
    expect(next.body.items[0].id).not.toBe(page.body.items[0].id);
    const { rows } = await rig.store.query<{ payload: Buffer }>('select payload from approval');
    expect(rows.some(({ payload }) => payload.includes(bankAccount.bankAccount))).toBe(false);
  });
});
