// Settlement's calls of the share ledger, in their order, and every refusal of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import {
  codesOf,
  commit,
  deliver,
  delivered,
  giveBack,
  http,
  issued,
  openLedger,
  party,
  reservation,
  reserve,
  reverse,
} from './ledger-http.ts';
import { sweepForTest } from './sweep.ts';

beforeAll(openLedger);
afterAll(() => http.close());

describe('a settled transfer', () => {
  it('reserveShares, commitReservations, deliverShares: each repeatable with one answer', async () => {
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

  it('returnReservations gives reserved shares back, once, and says what it never knew', async () => {
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

  it('reverseDelivery undoes it by a linked posting, once, while the shares have not moved', async () => {
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
