// The supervisory side's view of a market, and the regulator's unfreezing.
import { sql } from 'kysely';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { createSupervisoryApp } from '../../../services/supervisory-chain/app.ts';
import { freezeLane } from '../../../services/supervisory-chain/repositories/market-repository.ts';
import { sealBlock } from '../../../services/supervisory-chain/use-cases/seal-block.ts';
import { takeHeader } from '../../../services/supervisory-chain/use-cases/take-header.ts';
import { createTestCallers, type TestCallers } from '../../support/callers.ts';
import { sampleObject } from '../../support/regulator-samples.ts';
import {
  openSupervisoryRig,
  PlayedMarket,
  type SupervisoryRig,
} from '../../support/supervisory-rig.ts';
import { testLog } from '../../support/test-log.ts';

let rig: SupervisoryRig;
let app: ReturnType<typeof createSupervisoryApp>;
let callers: TestCallers;
let regulator: string;
let investor: string;
const subject = sampleObject('subject');
const subjectId = subject.header.content.object_id;

beforeAll(async () => {
  rig = await openSupervisoryRig();
  callers = await createTestCallers('supervisory-chain');
  regulator = await callers.person({ roles: ['regulator'] });
  investor = await callers.person({ roles: ['investor'] });
  app = createSupervisoryApp({
    parts: rig.parts,
    db: rig.db,
    cursors: createCursorCodec(rig.parts.storeKey),
    authenticator: callers.authenticator,
    log: testLog,
    ready: {},
    validateResponses: true,
  });
  const made = [subject, sampleObject('product')].map((object) => rig.market.record(object));
  const leaf = rig.market.block(made.map(({ record }) => record));
  await rig.header();
  for (const [index, each] of made.entries()) {
    await rig.take(rig.market.offered(each, leaf + BigInt(index)));
  }
});
afterAll(() => rig.close());

const get = (path: string, token = regulator) =>
  supertest(app).get(path).set('Authorization', token);

const unfreeze = (body: object, key = newUuid()) =>
  supertest(app)
    .post('/v1/unfreezings')
    .set('Authorization', regulator)
    .set('Idempotency-Key', key)
    .send(body);

async function freeze(): Promise<void> {
  const fork = new PlayedMarket(rig.market.keys);
  fork.block([fork.record(sampleObject('product')).record]);
  await rig.transact((tx) => takeHeader(rig.parts, tx, fork.offeredHeader(), 'lane'));
}

describe('getMarketView', () => {
  it('tells height, lanes and what was taken', async () => {
    const { body } = await get('/v1/market').expect(200);
    expect(body).toMatchObject({ chainId: 'zhejiang', height: '1', accepted: 2, rejected: 0 });
    expect(body.lanes).toContainEqual(
      expect.objectContaining({ lane: 'subject', lastSequence: '1' }),
    );
  });

  it('is for the regulator, not for investors', async () => {
    await get('/v1/market', investor).expect(403);
  });
});

describe('listTakenObjects', () => {
  it('pages through verdicts, newest first', async () => {
    const first = await get('/v1/objects?limit=1').expect(200);
    expect(first.body.items).toMatchObject([
      { class: 'product', verdict: 'ACCEPTED', via: 'lane' },
    ]);
    const next = encodeURIComponent(first.body.nextCursor);
    const second = await get(`/v1/objects?limit=1&cursor=${next}`).expect(200);
    expect(second.body).toMatchObject({ items: [{ class: 'subject' }], nextCursor: null });
    const rejected = await get('/v1/objects?verdict=REJECTED').expect(200);
    expect(rejected.body.items).toEqual([]);
  });

  it('refuses a cursor of another query', async () => {
    const { body } = await get('/v1/objects?limit=1').expect(200);
    const cursor = encodeURIComponent(body.nextCursor);
    const refused = await get(`/v1/objects?verdict=ACCEPTED&cursor=${cursor}`).expect(400);
    expect(refused.body.code).toBe('invalid-cursor');
  });
});

describe('getTakenObject', () => {
  it('gives the sealed object, and not-found for one that was never taken', async () => {
    const { body } = await get(`/v1/objects/${subjectId}/versions/0`).expect(200);
    expect(body.header.content.object_id).toBe(subjectId);
    expect(body.header.seal).toHaveLength(1);
    await get(`/v1/objects/${subjectId}/versions/7`).expect(404);
  });
});

describe('listResults', () => {
  const results = async (lane: string, from: number, to: number) => {
    const target = `/v1/lanes/${lane}/results?fromSequence=${from}&toSequence=${to}`;
    const token = await callers.service('regulator-link', {
      method: 'GET',
      target,
      body: new Uint8Array(),
    });
    return get(target, token);
  };

  it('gives the signed RESULTs of a lane to the link alone, sent or not', async () => {
    await rig.transact((tx) => sealBlock(rig.parts, tx));
    const first = await results('subject', 1, 9);
    expect(first.status).toBe(200);
    expect(first.body.items).toMatchObject([{ sequence: '1' }]);
    const [{ message }] = first.body.items;
    const envelope = JSON.parse(Buffer.from(message, 'base64').toString('utf8'));
    expect(envelope).toMatchObject({
      type: 'RESULT',
      payload: { verdict: { lane: 'subject', sequence: '1', verdict: 'ACCEPTED' } },
    });
    await sql`update supervisory.outgoing set sent_at = now()`.execute(rig.db);
    expect((await results('subject', 1, 9)).body).toEqual(first.body);
    expect((await results('subject', 2, 9)).body.items).toEqual([]);
    expect((await results('transfer', 1, 9)).body.items).toEqual([]);
    const bad = await results('subject', 0, 9);
    expect(bad.status).toBe(400);
    await get('/v1/lanes/subject/results?fromSequence=1&toSequence=9').expect(403);
  });
});

describe('unfreezeMarket', () => {
  it('refuses where nothing is frozen: market-not-frozen', async () => {
    const body = { headerHash: '0'.repeat(64), reason: 'checked' };
    const refused = await unfreeze(body).expect(409);
    expect(refused.body.code).toBe('market-not-frozen');
  });

  it('goes on from the header accepted last and no other: market-other-header', async () => {
    await freeze();
    const frozen = await get('/v1/market').expect(200);
    expect(frozen.body.frozenReason).toBe('two-headers-at-height');
    const other = await unfreeze({ headerHash: '0'.repeat(64), reason: 'checked' }).expect(409);
    expect(other.body.code).toBe('market-other-header');
    const { headerHash } = frozen.body;
    const done = await unfreeze({ headerHash, reason: 'checked' }).expect(200);
    expect(done.body.frozenReason).toBeUndefined();
  });
});

describe('listEvidence', () => {
  it('tells what was refused and kept, by digest', async () => {
    const { body } = await get('/v1/evidence').expect(200);
    expect(body.items).toMatchObject([{ kind: 'header', code: 'two-headers-at-height' }]);
    expect(body.items[0].secondSm3).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells the market of each lane that goes on, and of no other', async () => {
    await rig.transact((tx) => freezeLane(tx, 'zhejiang', 'subject', 'two-packets-at-sequence'));
    const { body } = await get('/v1/market').expect(200);
    const before = (await unfreezings()).length;
    await unfreeze({ headerHash: body.headerHash, reason: 'checked' }).expect(200);
    const sent = (await unfreezings()).slice(before);
    expect(sent.map(({ lane }) => lane)).toEqual(['subject']);
  });
});

async function unfreezings(): Promise<readonly { readonly lane?: string }[]> {
  const found = await sql<{ message: Uint8Array }>`
    select message from outgoing where topic like 'xc.control%' order by id`.execute(rig.db);
  return found.rows
    .map(
      ({ message }) =>
        JSON.parse(Buffer.from(message).toString()) as {
          readonly type: string;
          readonly payload: { readonly lane?: string };
        },
    )
    .filter(({ type }) => type === 'UNFREEZE')
    .map(({ payload }) => payload);
}
