// The register as people and the link see it: holdings, rosters, packs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { createOwnerKeyStore } from '../../../services/registry/renderer/owner-keys.ts';
import { createRendering } from '../../../services/registry/renderer/render-events.ts';
import { openPersonalOf } from '../../../services/registry/repositories/personal-figures.ts';
import { setting } from '../../store/registry/registry-acts.ts';
import { delivered, http, issued, openLedger, reservation, reserve } from './ledger-http.ts';

beforeAll(openLedger);
afterAll(() => http.close());

describe('the register as people see it', () => {
  it('listHoldings, listHoldingChanges: an investor sees the own, another as not there', async () => {
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

  it('getRoster gives the roster at a date and as known at a moment, page by page', async () => {
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
  it('listWaitingBooks tells the link of books that the bus has not taken, page by page', async () => {
    const books = [await issued(), await issued()]
      .map(({ securityId }) => `security:${securityId}`)
      .toSorted();
    const ask = async (query: string) =>
      (await http.service('regulator-link', 'GET', `/v1/waiting-books?${query}`)).body;
    const ours = async (waitedMs: number) =>
      (await ask(`waitedMs=${waitedMs}&limit=200`)).items.filter((item: { book: string }) =>
        books.includes(item.book),
      );
    expect(await ours(0)).toEqual([]);
    const change = (state: string, message: string) =>
      http.store.query(
        `update outbox set state = $1, message = ${message}, recorded_at = now() - interval '2 s'
          where book = any ($2)`,
        [state, books],
      );
    await change('rendered', `'x'`);
    expect((await ours(0)).map(({ book }: { book: string }) => book)).toEqual(books);
    expect(await ours(3_600_000)).toEqual([]);
    const [last] = await http.store
      .query<{ last: bigint }>('select max(sequence) as last from outbox where book = $1', [
        books[0],
      ])
      .then(({ rows }) => rows);
    expect((await ours(0))[0].lastSequence).toBe(last?.last.toString());
    const first = await ask('waitedMs=0&limit=1');
    const next = await ask(`waitedMs=0&limit=1&cursor=${encodeURIComponent(first.nextCursor)}`);
    expect(next.items[0].book > first.items[0].book).toBe(true);
    const forged = await ask('waitedMs=0&cursor=AAAA');
    expect(forged.code).toBe('invalid-cursor');
    await change('published', 'message');
    expect(await ours(0)).toEqual([]);
    const person = await http.as(['operator', 'auditor']);
    expect((await person.get('/v1/waiting-books?waitedMs=0')).status).toBe(403);
  });

  it('listObjectPacks gives them to the link alone, in sequence order, up to what is rendered', async () => {
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
