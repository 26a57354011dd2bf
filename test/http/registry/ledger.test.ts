// The share ledger over HTTP: settlement's calls in their order, refusals, who sees what.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import { createOwnerKeyStore } from '../../../services/registry/renderer/owner-keys.ts';
import { createRendering } from '../../../services/registry/renderer/render-events.ts';
import { sweepForTest } from './sweep.ts';
import { postInitialRegistration } from '../../../services/registry/use-cases/post-initial-registration.ts';
import { openPersonalOf } from '../../../services/registry/repositories/personal-figures.ts';
import { actsOf, newAct, type RegistryActs, setting } from '../../store/registry/registry-acts.ts';
import { type Answer, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

let http: RegistryHttp;
let acts: RegistryActs;
let serial = 0;

beforeAll(async () => {
  http = await openRegistryHttp({ isDayOpen: false });
  acts = await actsOf(http.store);
});
afterAll(async () => {
  await http.close();
});

interface Party {
  readonly subjectId: string;
  readonly accountId: string;
  readonly fundAccountId: string;
}

async function party(isQualified = true): Promise<Party> {
  serial += 1;
  const subjectId = await acts.registerPerson(serial);
  if (isQualified) await acts.qualifyPerson(subjectId);
  const { securitiesAccountId, fundAccountId } = await acts.openAccounts(subjectId);
  return { subjectId, accountId: securitiesAccountId, fundAccountId };
}

interface Setting {
  readonly securityId: string;
  readonly seller: Party;
  readonly buyer: Party;
}

async function issued(): Promise<Setting> {
  const [seller, buyer] = [await party(), await party()];
  serial += 1;
  const issuer = await acts.registerOrganisation(500 + serial);
  const securityId = await acts.onboard(issuer, `ZJ${(200_000 + serial).toString()}`, '1000');
  const rows = [{ accountId: seller.accountId as Uuid, nature: 0, quantity: 1_000n }];
  const command = { securityId: securityId as Uuid, rows };
  expectOk(await acts.run((tx) => postInitialRegistration(tx, newAct(), command)), 'register');
  return { securityId, seller, buyer };
}

const reservation = ({ securityId, seller, buyer }: Setting, quantity: string, more = {}) => ({
  instructionId: newUuid(),
  securityId,
  sellerAccountId: seller.accountId,
  buyerAccountId: buyer.accountId,
  natureCode: '0',
  quantity,
  deadline: '2026-11-24T10:00:00.000Z',
  ...more,
});

const delivery = (instructionId: string) => ({
  instructionId,
  amountFen: '100000',
  unitPrice: '2.5',
  method: '2',
  agreementHash: 'c'.repeat(64),
  agreementNumber: 'A-2026-1',
  dealTime: '2026-11-24T01:00:00.000Z',
});

const call = (target: string, body: object): Promise<Answer> =>
  http.service('settlement', 'POST', target, body);
const reserve = (...items: object[]) => call('/v1/reservations', { items });
const commit = (...ids: string[]) =>
  call('/v1/reservation-commits', { items: ids.map((instructionId) => ({ instructionId })) });
const deliver = (...ids: string[]) =>
  call('/v1/deliveries', { cycleId: newUuid(), items: ids.map(delivery) });
const giveBack = (...ids: string[]) =>
  call('/v1/reservation-returns', {
    items: ids.map((instructionId) => ({ instructionId, reason: 'buyer did not pay' })),
  });
const reverse = (instructionId: string, originalInstructionId: string) =>
  call('/v1/delivery-reversals', {
    items: [{ instructionId, originalInstructionId, reason: 'agreed in error' }],
  });

const codesOf = (answer: Answer): string[][] =>
  answer.body.items.map((item: { findings?: { code: string }[] }) =>
    (item.findings ?? []).map(({ code }) => code),
  );

async function delivered(terms: Setting, quantity: string): Promise<string> {
  const item = reservation(terms, quantity);
  await reserve(item);
  await commit(item.instructionId);
  await deliver(item.instructionId);
  return item.instructionId;
}

describe('a settled transfer', () => {
  it('reserves, commits and delivers, each repeatable with the same answer', async () => {
    const terms = await issued();
    const item = reservation(terms, '400');
    const reserved = await reserve(item);
    expect(reserved.status).toBe(200);
    expect(reserved.body.items).toMatchObject([
      { instructionId: item.instructionId, outcome: 'reserved' },
    ]);
    expect((await reserve(item)).body).toEqual(reserved.body);
    const committed = await commit(item.instructionId);
    expect(committed.body.items).toEqual([
      { instructionId: item.instructionId, outcome: 'committed' },
    ]);
    expect((await commit(item.instructionId)).body).toEqual(committed.body);
    const first = await deliver(item.instructionId);
    expect(first.body.items[0]).toMatchObject({
      outcome: 'delivered',
      book: `security:${terms.securityId}`,
      businessDate: '2026-11-24',
      references: {
        product: { objectId: `PRD-${terms.securityId}` },
        sellerFundAccount: { objectId: `ACC-${terms.seller.fundAccountId}` },
        buyerFundAccount: { objectId: `ACC-${terms.buyer.fundAccountId}` },
        seller: { objectId: `SUB-${terms.seller.subjectId}` },
        buyer: { objectId: `SUB-${terms.buyer.subjectId}` },
      },
    });
    expect((await deliver(item.instructionId)).body).toEqual(first.body);
    expect((await giveBack(item.instructionId)).body.items).toEqual([
      { instructionId: item.instructionId, outcome: 'already-delivered' },
    ]);
  });

  it('gives reserved shares back, once, and says what it never knew', async () => {
    const terms = await issued();
    const item = reservation(terms, '1000');
    await reserve(item);
    const unknown = newUuid();
    const back = await giveBack(item.instructionId, unknown);
    expect(back.body.items).toEqual([
      { instructionId: item.instructionId, outcome: 'returned' },
      { instructionId: unknown, outcome: 'unknown' },
    ]);
    expect(codesOf(await reserve(item))).toEqual([['reservation-ended']]);
    expect(codesOf(await commit(item.instructionId))).toEqual([['reservation-ended']]);
    expect((await reserve(reservation(terms, '1000'))).body.items[0].outcome).toBe('reserved');
  });

  it('is undone by a linked reversal, once, while the shares have not moved', async () => {
    const terms = await issued();
    const original = await delivered(terms, '400');
    const resale = reservation({ ...terms, seller: terms.buyer, buyer: terms.seller }, '1', {
      securityId: terms.securityId,
    });
    // R7 keeps the buyer from selling at once, so the shares stay where they are.
    expect(codesOf(await reserve(resale))[0]).toContain('trading-gap-too-short');
    const instructionId = newUuid();
    const reversed = await reverse(instructionId, original);
    expect(reversed.body.items[0]).toMatchObject({
      outcome: 'reversed',
      references: { seller: { objectId: `SUB-${terms.buyer.subjectId}` } },
    });
    expect((await reverse(instructionId, original)).body).toEqual(reversed.body);
    expect(codesOf(await reverse(newUuid(), original))).toEqual([['delivery-already-reversed']]);
    expect(codesOf(await reverse(newUuid(), newUuid()))).toEqual([['delivery-unknown']]);
    expect(codesOf(await reverse(original, original))).toEqual([['instruction-known']]);
  });

  it('is not undone once the shares have moved', async () => {
    const terms = await issued();
    const original = await delivered(terms, '400');
    const back = { ...terms, seller: terms.buyer, buyer: await party() };
    await http.store.query('delete from trade_clock where security_id = $1', [terms.securityId]);
    await reserve(reservation(back, '1'));
    expect(codesOf(await reverse(newUuid(), original))).toEqual([['shares-have-moved']]);
  });
});

describe('refusals of the ledger', () => {
  it('name every rule that stands against a reservation, each item for itself', async () => {
    const terms = await issued();
    const newcomer = { ...terms, buyer: await party(false) };
    const answer = await reserve(
      reservation(newcomer, '1001'),
      reservation(terms, '600'),
      reservation(terms, '401'),
      reservation(terms, '1', { buyerAccountId: newUuid() }),
      reservation(terms, '1', { securityId: newUuid() }),
      reservation(terms, '1', { natureCode: '98' }),
    );
    expect(codesOf(answer)).toEqual([
      [
        'investor-not-qualified',
        'investment-experience-insufficient',
        'insufficient-available-shares',
      ],
      [],
      ['insufficient-available-shares'],
      ['account-not-found'],
      ['security-not-found'],
      ['nature-unknown'],
    ]);
    expect(answer.body.items[2].findings).toEqual([
      {
        rule: 'POSITION',
        code: 'insufficient-available-shares',
        params: { parameter: '401', observed: '400' },
        title: expect.any(String),
        detail: expect.stringContaining('401'),
      },
    ]);
  });

  it('refuse other terms under a known instruction', async () => {
    const item = reservation(await issued(), '10');
    await reserve(item);
    expect(codesOf(await reserve({ ...item, quantity: '11' }))).toEqual([['instruction-known']]);
  });

  it('refuse to commit what is unknown, past its deadline, or against a rule by now', async () => {
    const terms = await issued();
    const late = reservation(terms, '10', { deadline: '2026-11-24T02:00:00.000Z' });
    const barred = reservation(terms, '10');
    await reserve(late, barred);
    await http.store.query('update security set status = $2 where id = $1', [
      terms.securityId,
      'suspended',
    ]);
    expect(codesOf(await commit(newUuid(), barred.instructionId))).toEqual([
      ['reservation-unknown'],
      ['security-not-active'],
    ]);
    await http.store.query('update security set status = $2 where id = $1', [
      terms.securityId,
      'active',
    ]);
    expect(codesOf(await commit(late.instructionId, barred.instructionId))).toEqual([
      ['reservation-expired'],
      [],
    ]);
  });

  it('refuse to deliver what is unknown or not committed', async () => {
    const item = reservation(await issued(), '10');
    await reserve(item);
    expect(codesOf(await deliver(item.instructionId, newUuid()))).toEqual([
      ['reservation-not-committed'],
      ['reservation-unknown'],
    ]);
  });

  it('refuse a request that names an instruction twice, wholly', async () => {
    const item = reservation(await issued(), '10');
    for (const answer of [
      await reserve(item, item),
      await commit(item.instructionId, item.instructionId),
      await deliver(item.instructionId, item.instructionId),
      await giveBack(item.instructionId, item.instructionId),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'instruction-repeated' });
    }
  });

  it.each([
    ['a quantity of zero', { quantity: '0' }],
    ['a negative quantity', { quantity: '-1' }],
    ['2^53', { quantity: '9007199254740992' }],
    ['2^63', { quantity: '9223372036854775808' }],
    ['a number instead of text', { quantity: 1 }],
    ['an unknown field', { price: '1' }],
    ['a deadline that no calendar has', { deadline: '2026-02-30T00:00:00.000Z' }],
    ['an id that is none', { instructionId: 'x' }],
  ])('refuse %s as malformed', async (_, more) => {
    const answer = await reserve(reservation(await issued(), '1', more));
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('malformed-request');
  });

  it('let nobody but settlement move shares', async () => {
    const item = reservation(await issued(), '10');
    for (const name of ['portal', 'regulator-link']) {
      const answer = await http.service(name, 'POST', '/v1/reservations', { items: [item] });
      expect(answer.status).toBe(403);
    }
    const person = await http.as(['settlement.maker', 'settlement.checker', 'registrar.checker']);
    expect((await person.post('/v1/deliveries', { cycleId: newUuid(), items: [] })).status).toBe(
      403,
    );
  });
});

describe('reservations past their deadline', () => {
  it('are given back by the sweep, the others are not', async () => {
    const terms = await issued();
    const due = reservation(terms, '300', { deadline: '2026-11-24T02:00:00.000Z' });
    const later = reservation(terms, '200');
    await reserve(due, later);
    expect(await sweepForTest(http)).toBeGreaterThanOrEqual(1);
    const staff = await http.as(['operator']);
    const holdings = await staff.get(`/v1/holdings?subjectId=${terms.seller.subjectId}`);
    expect(holdings.body.items).toMatchObject([{ free: '800', reserved: '200' }]);
    expect(codesOf(await commit(due.instructionId))).toEqual([['reservation-ended']]);
  });
});

describe('the register as people see it', () => {
  it('shows an investor the own holdings with every figure, another one as not there', async () => {
    const terms = await issued();
    await delivered(terms, '400');
    await reserve(reservation(terms, '100'));
    const { subjectId } = terms.seller;
    const investor = await http.as(['investor'], { subjectId });
    const own = await investor.get(`/v1/holdings?subjectId=${subjectId}`);
    expect(own.body).toMatchObject({
      items: [
        {
          securityId: terms.securityId,
          total: '600',
          available: '600',
          free: '500',
          reserved: '100',
          pledged: '0',
          frozen: '0',
          version: '1',
        },
      ],
      nextCursor: null,
    });
    const target = `/v1/holding-changes?subjectId=${subjectId}&securityId=${terms.securityId}`;
    const changes = await investor.get(`${target}&limit=1`);
    expect(changes.body.items).toMatchObject([
      { kind: 'shares-delivered', total: { before: '1000', change: '-400', after: '600' } },
    ]);
    const next = await investor.get(`${target}&limit=1&cursor=${changes.body.nextCursor}`);
    expect(next.body).toMatchObject({
      items: [{ kind: 'initial-registration', total: { before: '0', after: '1000' } }],
      nextCursor: null,
    });
    const other = terms.buyer.subjectId;
    const [there, nowhere] = [
      await investor.get(`/v1/holdings?subjectId=${other}`),
      await investor.get(`/v1/holdings?subjectId=${newUuid()}`),
    ];
    expect([there.status, there.body.code]).toEqual([404, 'not-found']);
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'not-found']);
    const hidden = await investor.get(target.replace(subjectId, other));
    expect(hidden.status).toBe(404);
  });

  it('gives the roster at a date and as known at a moment, page by page', async () => {
    const terms = await issued();
    const staff = await http.as(['registrar.maker']);
    const target = `/v1/securities/${terms.securityId}/roster`;
    const before = await staff.get(target);
    expect(before.body).toMatchObject({ asOf: '2026-11-24', holders: 1, total: '1000' });
    http.clock.advance(1_000);
    await delivered(terms, '400');
    http.clock.advance(1_000);
    const first = await staff.get(`${target}?limit=1`);
    expect(first.body).toMatchObject({ holders: 2, total: '1000', items: [expect.anything()] });
    const second = await staff.get(`${target}?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.nextCursor).toBeNull();
    const totals = [...first.body.items, ...second.body.items].map((entry) => entry.total);
    expect(totals.toSorted()).toEqual(['400', '600']);
    const known = await staff.get(`${target}?knownAt=${before.body.knownAt}`);
    expect(known.body.items).toEqual(before.body.items);
    const earlier = await staff.get(`${target}?asOf=2026-11-23`);
    expect(earlier.body).toMatchObject({ holders: 0, total: '0', items: [] });
    const future = await staff.get(`${target}?knownAt=2027-01-01T00:00:00.000Z`);
    expect([future.status, future.body.code]).toEqual([422, 'moment-in-future']);
    const nowhere = await staff.get(`/v1/securities/${newUuid()}/roster`);
    expect(nowhere.status).toBe(404);
    const forged = await staff.get(`${target}?cursor=AAAA`);
    expect(forged.body.code).toBe('invalid-cursor');
  });
});

describe('object packs', () => {
  it('go to the link alone, in sequence order, up to what is rendered', async () => {
    const terms = await issued();
    await delivered(terms, '400');
    const book = `security:${terms.securityId}`;
    const target = `/v1/object-packs?book=${book}&fromSequence=1`;
    expect((await http.service('regulator-link', 'GET', target)).body).toEqual({ items: [] });
    const keys = createOwnerKeyStore(new Uint8Array(16).fill(5), http.clock);
    const openPersonal = openPersonalOf(setting.cipher);
    const render = createRendering({ keys, openPersonal, clock: http.clock });
    await http.store.db.transaction().execute(async (tx) => {
      const { rows } = await http.store.query<{
        book: string;
        sequence: bigint;
        eventId: string;
        topic: string;
      }>(
        'select book, sequence, event_id as "eventId", topic from outbox where book = $1 order by 2',
        [book],
      );
      await render(tx, rows);
    });
    const page = await http.service('regulator-link', 'GET', `${target}&limit=4`);
    expect(page.body.items.map((pack: { sequence: string }) => pack.sequence)).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    const rest = await http.service('regulator-link', 'GET', target.replace('=1', '=5'));
    const [pack] = rest.body.items;
    expect(pack).toMatchObject({
      book,
      sequence: '5',
      type: 'cn.quanji.registry.shares-delivered.v1',
    });
    const classes = pack.objects.map((object: { class: string }) => object.class);
    expect(classes).toEqual(['subject', 'transactionreport', 'registration', 'registration']);
    const report = JSON.parse(Buffer.from(pack.objects[1].bytes, 'base64').toString('utf8'));
    expect(report.header.content.object_id).toBe(pack.objects[1].objectId);
    const person = await http.as(['operator', 'auditor']);
    expect((await person.get(target)).status).toBe(403);
  });
});
