// Transfers, documents, cycles and corrections over HTTP, with the real registry behind them.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';
import { renderAll, runCycle, settledTransfer } from '../../store/settlement/full-books.ts';
import type { Issue } from '../../support/registry-server.ts';
import {
  type Answer,
  openSettlementRig,
  type SettlementRig,
} from '../../support/settlement-rig.ts';

let rig: SettlementRig;
let issue: Issue;

beforeAll(async () => {
  rig = await openSettlementRig();
  issue = await rig.registry.issue();
}, 120_000);
afterAll(async () => {
  await rig.close();
});

const unknown = '0192f000-0000-7000-8000-000000000001';
const reason = { reason: 'agreed in error' };

const submit = async (more: object): Promise<Answer> =>
  rig.maker.post('/v1/transfers', await rig.terms(issue, more));

const codesIn = (answer: Answer): string[] =>
  (answer.body.errors ?? []).map(({ code }: { code: string }) => code);

async function settledObject(): Promise<{ objectId: string; transferId: string; issue: Issue }> {
  const made = await settledTransfer(rig);
  const { settlementObject } = await rig.transfer(made.transferId);
  return { objectId: settlementObject.objectId, ...made };
}

describe('uploadAgreementDocument and getAgreementDocument', () => {
  it('store the bytes encrypted, name their digest and audit the reading', async () => {
    const bytes = new TextEncoder().encode('the agreement');
    const stored = await rig.maker.postBytes('/v1/documents?fileName=协议.pdf', bytes);
    expect(stored.status).toBe(201);
    expect(stored.body).toMatchObject({ sizeBytes: 13, sm3: sm3Hex(bytes), fileName: '协议.pdf' });
    const { documentId } = stored.body;
    const read = await rig.maker.get(`/v1/documents/${documentId}`);
    expect(Buffer.from(read.body).toString()).toBe('the agreement');
    const { rows } = await rig.store.query<{ content: Buffer; reads: number }>(
      `select content_cipher as content, (select count(*)::int from audit_record
         where action = 'agreement-document-read' and target = 'document:' || d.id) as reads
       from document d where id = $1`,
      [documentId],
    );
    expect(rows[0]?.reads).toBe(1);
    expect(rows[0]?.content.includes('agreement')).toBe(false);
  });

  it('refuse an empty file, one without a name, and tell nothing of an unknown one', async () => {
    const empty = await rig.maker.postBytes('/v1/documents?fileName=a', new Uint8Array());
    expect(empty.body.code).toBe('agreement-document-empty');
    const unnamed = await rig.maker.postBytes('/v1/documents', new Uint8Array([1]));
    expect(unnamed.status).toBe(400);
    const nul = await rig.maker.postBytes('/v1/documents?fileName=a%00b', new Uint8Array([1]));
    expect(nul.status).toBe(400);
    expect((await rig.maker.get(`/v1/documents/${unknown}`)).status).toBe(404);
  });

  it('refuse more than ten megabytes', async () => {
    const large = new Uint8Array(10_485_761);
    const answer = await rig.maker.postBytes('/v1/documents?fileName=a', large);
    expect(answer.status).toBe(413);
  });
});

describe('submitTransfer', () => {
  it('waits for a second person with everything that will execute', async () => {
    const asked = await submit({});
    expect(asked.status).toBe(202);
    expect(asked.body.approval).toMatchObject({
      operation: 'submitTransfer',
      state: 'pending',
      payload: {
        amountFen: '100000',
        sellerFundAccountId: issue.seller.fundAccountId,
        charges: [
          { kind: 'stamp-duty', side: 'buyer', amountFen: '50' },
          { kind: 'stamp-duty', side: 'seller', amountFen: '50' },
          { kind: 'transfer-fee', side: 'buyer', amountFen: '50' },
          { kind: 'transfer-fee', side: 'seller', amountFen: '50' },
        ],
      },
    });
    const { rows } = await rig.store.query('select 1 from transfer');
    expect(rows).toEqual([]);
  });

  it.each([
    ['transfer-same-account', () => ({ buyerAccountId: issue.seller.accountId })],
    ['transfer-amount-mismatch', () => ({ amountFen: '100001' })],
    ['transfer-deadline-passed', () => ({ deadline: rig.clock.now() })],
    ['transfer-deadline-passed', () => ({ deadline: '2027-11-24T02:00:00.000Z' })],
    ['agreement-document-not-found', () => ({ agreementDocumentId: unknown })],
  ])('refuses %s', async (code, more) => {
    const answer = await submit(more());
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it('tells every rule that fails, with its parameters', async () => {
    const answer = await submit({ quantity: '1001', amountFen: '1001000' });
    expect([answer.status, answer.body.code]).toEqual([422, 'transfer-not-allowed']);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect(answer.body.errors[0].detail).toBeTruthy();
  });

  it('names what the registry does not know', async () => {
    const noSecurity = await submit({ securityId: unknown });
    expect([noSecurity.body.code, codesIn(noSecurity)]).toEqual([
      'transfer-not-allowed',
      ['security-not-found'],
    ]);
    expect(noSecurity.body.errors[0].detail).toContain(unknown);
    const noNature = await submit({ natureCode: '77' });
    expect(codesIn(noNature)).toEqual(['nature-unknown']);
    const noBuyer = await submit({ buyerAccountId: unknown });
    expect(noBuyer.body.errors).toMatchObject([
      { pointer: '/buyerAccountId', code: 'transfer-without-fund-account' },
    ]);
    expect(codesIn(await submit({ sellerAccountId: unknown }))).toEqual([
      'transfer-without-fund-account',
    ]);
  });

  it('refuses a price that does not cover what the seller is charged', async () => {
    const rate = { kind: 'transfer-fee', side: 'seller', rate: '0', source: 'test' };
    await rig.store.root.transaction().execute(async (tx) => {
      await sql`insert into fee_parameter values (${rate.kind}, ${rate.side}, '2026-11-24',
        0, 600, ${rate.source}, now())`.execute(tx);
    });
    const answer = await submit({ quantity: '1', unitPrice: '5', amountFen: '500' });
    expect(answer.body.code).toBe('transfer-below-charges');
    await rig.store.root.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql`delete from fee_parameter where source = 'test'`.execute(tx);
    });
  });

  it('takes the greatest unit price to the fen', async () => {
    const terms = { quantity: '1', unitPrice: '999999999.9999' };
    const exact = await submit({ ...terms, amountFen: '100000000000' });
    expect(exact.status).toBe(202);
    const less = await submit({ ...terms, amountFen: '99999999999' });
    expect(less.body.code).toBe('transfer-amount-mismatch');
  });

  it('is refused by approval when the deadline has passed meanwhile', async () => {
    const deadline = '2026-11-24T03:00:00.000Z';
    const asked = await submit({ deadline });
    const start = rig.clock.now();
    rig.clock.set('2026-11-24T04:00:00.000Z' as Instant);
    expect((await rig.decide(asked)).body.code).toBe('transfer-deadline-passed');
    rig.clock.set(start);
  });

  it('answers a repetition as the first time, and refuses the key for anything else', async () => {
    const key = { 'idempotency-key': newUuid() };
    const terms = await rig.terms(issue);
    const first = await rig.maker.post('/v1/transfers', terms, key);
    const again = await rig.maker.post('/v1/transfers', terms, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await rig.maker.post('/v1/transfers', { ...terms, quantity: '1' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });
});

describe('getTransfer and listTransfers', () => {
  it('show staff everything and an investor what is the investor’s own', async () => {
    const transferId = await rig.agree(issue);
    const stranger = await rig.registry.party();
    const asInvestor = (subjectId: string) => rig.as(['investor'], { subjectId });
    const own = await asInvestor(issue.buyer.subjectId);
    const other = await asInvestor(stranger.subjectId);
    const nobody = await rig.as(['investor']);
    const target = `/v1/transfers/${transferId}`;
    expect((await own.get(target)).body.transfer.transferId).toBe(transferId);
    const hidden = await other.get(target);
    const absent = await other.get(`/v1/transfers/${unknown}`);
    expect(hidden.status).toBe(404);
    const { traceId, instance, ...problem } = hidden.body;
    expect(absent.body).toMatchObject(problem);
    expect((await own.get('/v1/transfers')).body.items.length).toBeGreaterThan(0);
    expect((await other.get('/v1/transfers')).body.items).toEqual([]);
    expect((await nobody.get('/v1/transfers')).body.items).toEqual([]);
  });

  it('page through all, newest first, by state, security and account', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.unshift(await rig.agree(issue));
    const query = `securityId=${issue.securityId}&accountId=${issue.buyer.accountId}`;
    const found: string[] = [];
    let cursor = '';
    do {
      const page = await rig.maker.get(`/v1/transfers?${query}&limit=2${cursor}`);
      expect(page.status).toBe(200);
      found.push(...page.body.items.map((item: { transferId: string }) => item.transferId));
      const next = page.body.nextCursor;
      cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    } while (cursor !== '');
    expect(found.slice(0, 3)).toEqual(ids);
    expect(new Set(found).size).toBe(found.length);
    const none = await rig.maker.get(`/v1/transfers?${query}&state=settled`);
    expect(none.body.items).toEqual([]);
  });

  it('refuse a cursor of another question', async () => {
    const page = await rig.maker.get('/v1/transfers?limit=1');
    const cursor = encodeURIComponent(page.body.nextCursor);
    const answer = await rig.maker.get(`/v1/transfers?limit=1&state=settled&cursor=${cursor}`);
    expect(answer.status).toBe(400);
    expect((await rig.maker.get('/v1/transfers?cursor=x')).status).toBe(400);
  });
});

describe('cancelTransfer', () => {
  it('is refused for what is in a cycle, has ended or is not there', async () => {
    const target = (id: string) => `/v1/transfers/${id}/cancellations`;
    expect((await rig.maker.post(target(unknown), reason)).status).toBe(404);
    const own = await rig.registry.issue();
    await rig.payIn(own.buyer.fundAccountId, '200000');
    const transferId = await rig.agree(own);
    await rig.settleDown();
    const waiting = await rig.maker.post(target(transferId), reason);
    expect((await rig.maker.post('/v1/cycles', undefined)).status).toBe(202);
    const inCycle = await rig.maker.post(target(transferId), reason);
    expect([inCycle.status, inCycle.body.code]).toEqual([409, 'transfer-in-cycle']);
    expect((await rig.decide(waiting)).body.code).toBe('transfer-in-cycle');
    await rig.settleDown();
    expect((await rig.decide(waiting)).body.code).toBe('transfer-ended');
    const ended = await rig.maker.post(target(transferId), reason);
    expect([ended.status, ended.body.code]).toEqual([409, 'transfer-ended']);
  });
});

describe('reverseTransfer', () => {
  it('takes settled transfers only, and each once', async () => {
    const target = (id: string) => `/v1/transfers/${id}/reversals`;
    expect((await rig.maker.post(target(unknown), reason)).status).toBe(404);
    const open = await rig.agree(issue);
    const early = await rig.maker.post(target(open), reason);
    expect([early.status, early.body.code]).toEqual([409, 'transfer-not-settled']);
    const { transferId } = await settledTransfer(rig);
    const [first, second] = [
      await rig.maker.post(target(transferId), reason),
      await rig.maker.post(target(transferId), reason),
    ];
    const reversal = (await rig.decide(first)).body.approval.result.transferId;
    expect((await rig.decide(second)).body.code).toBe('transfer-reversed-already');
    const again = await rig.maker.post(target(transferId), reason);
    expect([again.status, again.body.code]).toEqual([409, 'transfer-reversed-already']);
    expect((await rig.maker.post(target(reversal), reason)).status).toBe(404);
    expect(await rig.transfer(reversal)).toMatchObject({
      kind: 'reversal',
      originalTransferId: transferId,
    });
  });
});

describe('runCycle, getCycle and listCycles', () => {
  it('refuse when nothing is ready, and when a cycle runs', async () => {
    const idle = await rig.maker.post('/v1/cycles', undefined);
    expect([idle.status, idle.body.code]).toEqual([409, 'nothing-to-settle']);
    const own = await rig.registry.issue();
    await rig.payIn(own.buyer.fundAccountId, '200000');
    await rig.agree(own);
    await rig.settleDown();
    const answers = await Promise.all(
      [rig.maker, rig.checker, rig.maker].map((caller) => caller.post('/v1/cycles', undefined)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.code)).toEqual(['cycle-running', 'cycle-running']);
    const started = answers.find(({ status }) => status === 202);
    const { cycleId } = started?.body.cycle ?? {};
    const running = await rig.maker.get(`/v1/cycles/${cycleId}`);
    expect(running.body.cycle).toMatchObject({ state: 'running', counts: { committing: 1 } });
    await rig.settleDown();
    const listed = await rig.maker.get('/v1/cycles?limit=1');
    expect(listed.body.items).toMatchObject([{ cycleId, state: 'done', counts: { settled: 1 } }]);
    expect(listed.body.nextCursor).not.toBeNull();
    const cursor = encodeURIComponent(listed.body.nextCursor);
    const rest = await rig.maker.get(`/v1/cycles?cursor=${cursor}`);
    expect(rest.body.items.map((item: { cycleId: string }) => item.cycleId)).not.toContain(cycleId);
    expect((await rig.maker.get(`/v1/cycles/${unknown}`)).status).toBe(404);
  });
});

describe('correctObject, listWaitingBooks and listObjectPacks', () => {
  it('issue the latest version again, and serve what is rendered, in order', async () => {
    const { objectId, transferId, issue: own } = await settledObject();
    const correction = { objectId, version: '0', operation: 'overwrite', reason: 'rejected' };
    await rig.change('/v1/object-corrections', correction);
    const update = await rig.maker.post('/v1/object-corrections', {
      ...correction,
      operation: 'update',
    });
    await rig.decide(update);
    expect((await rig.transfer(transferId)).settlementObject.version).toBe('1');
    const late = await rig.maker.post('/v1/object-corrections', correction);
    expect([late.status, late.body.code]).toEqual([409, 'settlement-object-not-latest']);
    const absent = await rig.maker.post('/v1/object-corrections', {
      ...correction,
      objectId: `STL-${unknown}`,
    });
    expect([absent.status, absent.body.code]).toEqual([422, 'settlement-object-not-found']);
    const book = `/v1/object-packs?book=settlement:${own.securityId}`;
    const early = await rig.service('regulator-link', `${book}&fromSequence=1`);
    expect(early.body).toEqual({ items: [] });
    await renderAll(rig);
    const waiting = '/v1/waiting-books?waitedMs=0&limit=200';
    const books = await rig.service('regulator-link', waiting);
    const ownBook = { book: `settlement:${own.securityId}`, lastSequence: '3' };
    expect(books.body.items).toContainEqual(ownBook);
    expect((await rig.service('portal', waiting)).status).toBe(403);
    const packs = await rig.service('regulator-link', `${book}&fromSequence=1&limit=10`);
    const objects = packs.body.items.flatMap((item: { objects: object[] }) => item.objects);
    expect(objects).toMatchObject([
      { objectId, version: '0', revision: '0', operation: 'create' },
      { objectId, version: '0', revision: '1', operation: 'overwrite' },
      { objectId, version: '1', revision: '0', operation: 'update' },
    ]);
    const rest = await rig.service('regulator-link', `${book}&fromSequence=3`);
    expect(rest.body.items.map(({ sequence }: { sequence: string }) => sequence)).toEqual(['3']);
    expect((await rig.service('portal', `${book}&fromSequence=1`)).status).toBe(403);
    const dashes = `/v1/object-packs?book=settlement:${'-'.repeat(36)}&fromSequence=1`;
    expect((await rig.service('regulator-link', dashes)).status).toBe(400);
  });
});

describe('without an open business day', () => {
  it('submitTransfer, runCycle, setFeeParameter and a correction are refused', async () => {
    const { objectId } = await settledObject();
    const correction = { objectId, version: '0', operation: 'overwrite', reason: 'rejected' };
    const asked = await rig.maker.post('/v1/object-corrections', correction);
    const own = await rig.registry.issue();
    await rig.payIn(own.buyer.fundAccountId, '200000');
    await rig.agree(own);
    await rig.settleDown();
    await rig.registry.whileClosed(async () => {
      const answers = [
        await submit({}),
        await rig.maker.post('/v1/cycles', undefined),
        await rig.maker.post('/v1/fee-parameters', {
          kind: 'stamp-duty',
          side: 'buyer',
          rate: '0.1',
          minimumFen: '0',
          validFrom: '2027-01-01',
          source: 's',
        }),
        await rig.decide(asked),
      ];
      for (const { status, body } of answers) {
        expect([status, body.code]).toEqual([409, 'settlement-day-closed']);
      }
    });
    await runCycle(rig);
  });
});

describe('while the registry does not answer', () => {
  it('what needs it is refused with registry-unavailable, and has no effect', async () => {
    const approvals = async () => {
      const { rows } = await rig.store.query<{ count: number }>(
        'select count(*)::int as count from approval',
      );
      return rows[0]?.count;
    };
    const before = await approvals();
    await rig.registry.stopServing();
    const deposit = {
      fundAccountId: issue.buyer.fundAccountId,
      amountFen: '1',
      reference: 'IN-DOWN',
    };
    const answers = [
      await submit({}),
      await rig.maker.post('/v1/cycles', undefined),
      await rig.maker.post('/v1/deposits', deposit),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([503, 'registry-unavailable']);
    }
    const investor = await rig.as(['investor'], { subjectId: issue.buyer.subjectId });
    const money = await investor.get(`/v1/money-accounts/${issue.buyer.fundAccountId}`);
    expect(money.status).toBe(503);
    expect(await approvals()).toBe(before);
  });
});
