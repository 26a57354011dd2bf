// Facts become packs: canonical, valid, sealed under their owner's key, rendered once.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { OutboxRow } from '#libs/outbox/outbox-tables.ts';
import { expectOk } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { fixedClock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import { createOwnerKeyStore } from '../../../../services/registry/renderer/owner-keys.ts';
import { readPacks } from '../../../../services/registry/renderer/read-packs.ts';
import { createRendering } from '../../../../services/registry/renderer/render-events.ts';
import type { Book } from '../../../../services/registry/repositories/event-repository.ts';
import {
  postInitialRegistration,
  reverseInitialRegistration,
} from '../../../../services/registry/use-cases/post-initial-registration.ts';
import { openPersonalOf } from '../../../../services/registry/repositories/personal-figures.ts';
import { actsOf, newAct, type RegistryActs, setting } from '../registry-acts.ts';
import { openRegistryStore, type RegistryStore } from '../registry-store.ts';
import { deliveryOf, stamp } from './ledger-acts.ts';
import { deliverShares } from '../../../../services/registry/repositories/delivery-repository.ts';
import * as reservations from '../../../../services/registry/repositories/reservation-repository.ts';

let store: RegistryStore;
let acts: RegistryActs;

const clock = fixedClock('2026-11-24T02:00:01.000Z' as Instant);
const keys = createOwnerKeyStore(new Uint8Array(16).fill(5), clock);
const render = createRendering({
  keys,
  openPersonal: openPersonalOf(setting.cipher),
  clock,
});

beforeAll(async () => {
  store = await openRegistryStore();
  acts = await actsOf(store);
});
afterAll(async () => {
  await store.close();
});

async function pendingRows(book?: string): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select book, sequence, event_id as "eventId", topic from outbox
    where ${book ?? null}::text is null or book = ${book ?? null}
    order by book, sequence`.execute(store.db);
  return rows;
}

const renderAll = (book?: string) =>
  store.db.transaction().execute(async (tx) => render(tx, await pendingRows(book)));

interface Market {
  readonly securityId: Uuid;
  readonly seller: string;
  readonly buyer: string;
  readonly eventId: Uuid;
}

let serial = 0;

/** An onboarded issuer, two investors with accounts, the issue registered for the first. */
async function registeredMarket(): Promise<Market> {
  serial += 10;
  const issuer = await acts.registerOrganisation(100 + serial);
  const code = `ZJ${(100_000 + serial).toString()}`;
  const securityId = (await acts.onboard(issuer, code, '1000')) as Uuid;
  const accountOf = async (n: number): Promise<string> =>
    (await acts.openAccounts(await acts.registerPerson(n))).securitiesAccountId;
  const seller = await accountOf(serial);
  const buyer = await accountOf(serial + 1);
  const rows = [{ accountId: seller as Uuid, nature: 0, quantity: 1_000n }];
  const posted = await acts.run((tx) =>
    postInitialRegistration(tx, newAct(), { securityId, rows }),
  );
  return { securityId, seller, buyer, eventId: expectOk(posted, 'register').eventId };
}

async function transferIn({ securityId, seller, buyer }: Market): Promise<void> {
  const instructionId = newUuid();
  const terms = {
    instructionId,
    securityId,
    sellerAccountId: seller as Uuid,
    buyerAccountId: buyer as Uuid,
    nature: 0,
    quantity: 400n,
    deadline: '2026-11-25T00:00:00.000Z' as Instant,
  };
  await store.db.transaction().execute(async (tx) => {
    await reservations.reserveShares(tx, stamp, [terms]);
    await reservations.commitReservations(tx, stamp, [{ instructionId, holderLimit: 200 }]);
    await deliverShares(tx, stamp, [{ ...deliveryOf(instructionId), unitPrice: '2.5' }]);
  });
}

describe('rendering', () => {
  it('gives every event a message and every object valid canonical bytes', async () => {
    const market = await registeredMarket();
    await transferIn(market);
    const renderings = await renderAll();
    expect(renderings.filter((one) => !one.ok)).toEqual([]);
    const book: Book = `security:${market.securityId}`;
    const events = await readPacks(store.db, keys, { book, fromSequence: 1n, limit: 200 });
    expect(events.map((event) => [event.kind, event.objects.length])).toEqual([
      ['product-registered', 1],
      ['initial-registration', 2],
      ['shares-reserved', 0],
      ['reservation-committed', 0],
      ['shares-delivered', 4],
    ]);
    for (const { fact, bytes, sm3 } of events.flatMap((event) => event.objects)) {
      expect(sm3Hex(bytes)).toBe(sm3);
      const object: unknown = JSON.parse(new TextDecoder().decode(bytes));
      expect(validateObject(object)).toMatchObject({ ok: true });
      expect(object).toMatchObject({
        header: { content: { object_id: fact.objectId, version: Number(fact.version) } },
      });
    }
    const last = events.at(-1)?.objects ?? [];
    const subject: unknown = JSON.parse(new TextDecoder().decode(last[0]?.bytes));
    expect(JSON.stringify(subject)).toContain('"subject_shareholders_number":2');
    const parties = await readPacks(store.db, keys, {
      book: 'parties',
      fromSequence: 1n,
      limit: 200,
    });
    expect(parties.length).toBeGreaterThan(4);
  });

  it('says in the message what the pack holds, without bodies', async () => {
    const market = await registeredMarket();
    const renderings = await renderAll(`security:${market.securityId}`);
    const rendering = renderings.at(-1);
    if (rendering?.ok !== true) throw new Error('not rendered');
    const message: unknown = JSON.parse(new TextDecoder().decode(rendering.value));
    expect(message).toMatchObject({
      specversion: '1.0',
      source: 'registry',
      type: 'cn.quanji.registry.initial-registration.v1',
      data: {
        book: `security:${market.securityId}`,
        businessDate: '2026-11-24',
        objects: [
          { class: 'subject' },
          { class: 'registration', version: '0', operation: 'create' },
        ],
      },
    });
    expect(JSON.stringify(message)).not.toContain('张');
  });

  it('keeps the pack that stands when an event is rendered again', async () => {
    const market = await registeredMarket();
    const book = `security:${market.securityId}`;
    const packs = () =>
      sql`select sealed from object_pack where book = ${book} order by sequence`.execute(store.db);
    await renderAll(book);
    const before = (await packs()).rows;
    const again = await renderAll(book);
    expect(again.every((one) => one.ok)).toBe(true);
    expect((await packs()).rows).toEqual(before);
  });

  it('holds nothing readable at rest, and nothing at all once the key is destroyed', async () => {
    const person = (await acts.registerPerson(777)) as Uuid;
    await renderAll('parties');
    const { rows } = await sql<{ found: boolean }>`
      select bool_or(position(convert_to('subject_investor_name', 'UTF8') in sealed) > 0) as found
      from object_pack`.execute(store.db);
    expect(rows[0]?.found).toBe(false);
    await sql`
      update data_key set wrapped = null, destroyed_at = '2026-11-24T03:00:00Z'
      where owner_kind = 'subject' and owner_id = ${person}`.execute(store.db);
    const events = await readPacks(store.db, keys, {
      book: 'parties',
      fromSequence: 1n,
      limit: 200,
    });
    const objects = events.flatMap((event) => event.objects);
    const gone = objects.filter(({ fact }) => fact.keyOwner.id === person);
    expect(gone.map(({ bytes }) => bytes.length)).toEqual(gone.map(() => 0));
    expect(gone.length).toBeGreaterThan(0);
    const readable = objects.filter(({ fact }) => fact.keyOwner.id !== person);
    expect(readable.every(({ bytes }) => bytes.length > 0)).toBe(true);
  });
});

describe('an initial registration', () => {
  it('is refused twice, with another total, and for a holder too many', async () => {
    const market = await registeredMarket();
    const rows = [{ accountId: market.seller as Uuid, nature: 0, quantity: 1_000n }];
    const twice = await acts.run((tx) =>
      postInitialRegistration(tx, newAct(), { securityId: market.securityId, rows }),
    );
    expect(twice).toMatchObject({ ok: false, error: { code: 'roster-already-posted' } });
    await acts.run((tx) =>
      reverseInitialRegistration(tx, newAct(), { ...market, reason: 'wrong file' }),
    );
    const short = await acts.run((tx) =>
      postInitialRegistration(tx, newAct(), {
        securityId: market.securityId,
        rows: [{ accountId: market.seller as Uuid, nature: 0, quantity: 999n }],
      }),
    );
    expect(short).toMatchObject({
      ok: false,
      error: { code: 'roster-total-differs', params: { parameter: '1000', observed: '999' } },
    });
    const again = await acts.run((tx) =>
      postInitialRegistration(tx, newAct(), { securityId: market.securityId, rows }),
    );
    expect(again.ok).toBe(true);
    await renderAll(`security:${market.securityId}`);
    const book: Book = `security:${market.securityId}`;
    const events = await readPacks(store.db, keys, { book, fromSequence: 1n, limit: 200 });
    const registrations = events
      .flatMap((event) => event.objects)
      .filter(({ fact }) => fact.class === 'registration');
    expect(registrations.map(({ fact }) => [fact.version, fact.figures['available']])).toEqual([
      [0n, ['0', '1000', '1000']],
      [1n, ['1000', '-1000', '0']],
      [2n, ['0', '1000', '1000']],
    ]);
  });

  it('cannot be reversed once a share has moved', async () => {
    const market = await registeredMarket();
    await transferIn(market);
    const reversed = await acts.run((tx) =>
      reverseInitialRegistration(tx, newAct(), { ...market, reason: 'wrong file' }),
    );
    expect(reversed).toMatchObject({ ok: false, error: { code: 'security-has-moved' } });
  });
});
