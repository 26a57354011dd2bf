// The relay: what the posting's transaction left in the outbox reaches the bus in order, always.
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { requeueBook } from '#libs/outbox/origin.ts';
import { readOutboxStatus } from '#libs/outbox/outbox-status.ts';
import type { Relay } from '#libs/outbox/relay.ts';
import { adapters, freshTopic, setUpBus } from './support/buses.ts';
import { consumerOf, openStore, relayOf, renderEvents } from './support/stores.ts';
import type { Store } from './support/stores.ts';
import { until } from './support/waiting.ts';

const range = (book: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `${book}:${from + n}`);

describe.each(adapters)('the relay over %s', (adapter) => {
  const setup = setUpBus(adapter);
  let store: Store;
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    store = await openStore();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await store.close();
  });
  afterAll(() => setup.close());

  const start = <T extends { stop(): Promise<void> }>(one: T): T => {
    running.push(one);
    return one;
  };

  it('brings each book to the consumer in its order, once', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await store.append(topic, 'parties', 1, 30);
    await store.append(topic, 'security:a', 1, 30);
    start(relayOf(store, bus));
    start(consumerOf(store, bus, topic));
    await store.append(topic, 'security:a', 31, 45);
    await store.untilEffects(75);
    const effects = await store.effects();
    expect(effects.filter((at) => at.startsWith('parties'))).toEqual(range('parties', 1, 30));
    expect(effects.filter((at) => at.startsWith('sec'))).toEqual(range('security:a', 1, 45));
    await until('an empty outbox', async () => (await readOutboxStatus(store.db)).waiting === 0n);
  });

  it('publishes again what it could not mark as published, and the repeats fall', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    let crashes = 0;
    const crashing: EventBus = {
      ...bus,
      publish: async (to, messages) => {
        await bus.publish(to, messages);
        if (crashes < 3) {
          crashes += 1;
          await store.killLeader('relay:tester');
          throw new Error('died after the publication, before the mark');
        }
      },
    };
    await store.append(topic, 'parties', 1, 10);
    start(relayOf(store, crashing));
    start(consumerOf(store, bus, topic));
    await until('an empty outbox', async () => (await readOutboxStatus(store.db)).waiting === 0n);
    await store.append(topic, 'parties', 11, 11);
    await store.untilEffects(11);
    expect(crashes).toBe(3);
    const published = [...(await bus.endOffsets(topic)).values()].reduce((a, b) => a + b, 0n);
    expect(published).toBe(41n);
    expect(await store.effects()).toEqual(range('parties', 1, 11));
  });

  it('renders each event once, even when its publication fails', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    let refusals = 2;
    const failing: EventBus = {
      ...bus,
      publish: async (to, messages) => {
        refusals -= 1;
        if (refusals >= 0) throw new Error('broker away');
        await bus.publish(to, messages);
      },
    };
    const rendered: string[] = [];
    await store.append(topic, 'parties', 1, 3);
    const relay = start(
      relayOf(store, failing, (_, rows) => {
        rendered.push(...rows.map((row) => `${row.book}:${row.sequence}`));
        return Promise.resolve(renderEvents(rows));
      }),
    );
    await until('a reported fault', () => relay.status().fault === 'broker away');
    start(consumerOf(store, bus, topic));
    await store.untilEffects(3);
    expect(rendered).toEqual(range('parties', 1, 3));
    await until('no fault any more', () => relay.status().fault === undefined);
  });

  it('renders what comes while the bus does not even tell who it is', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    const away = () => Promise.reject(new Error('broker away'));
    const relay = start(relayOf(store, { ...bus, publish: away, origin: away }));
    await store.append(topic, 'parties', 1, 3);
    await until('a reported fault', () => relay.status().fault === 'broker away');
    await store.append(topic, 'parties', 4, 300);
    await until('all are rendered', async () => {
      const rendered = `select count(*)::int as n from outbox where state = 'rendered'`;
      return (await store.pool.query<{ n: number }>(rendered)).rows[0]?.n === 300;
    });
  });

  it('parks the book of an event that fails, lets others go on, and loses nothing', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    let isCured = false;
    await store.append(topic, 'bad', 1, 5);
    await store.append(topic, 'good', 1, 5);
    start(
      relayOf(store, bus, (_, rows) => {
        const poison = rows.find((row) => row.book === 'bad' && row.sequence === 3n);
        if (poison !== undefined && !isCured) throw new Error('no such party');
        return Promise.resolve(renderEvents(rows));
      }),
    );
    start(consumerOf(store, bus, topic));
    await store.untilEffects(7);
    const { parked, waiting } = await readOutboxStatus(store.db);
    expect(waiting).toBe(3n);
    expect(parked).toMatchObject([
      { book: 'bad', sequence: 3n, reason: 'Error: no such party', attempts: 1 },
    ]);
    isCured = true;
    await store.untilEffects(10, 15_000);
    const effects = await store.effects();
    expect(effects.filter((at) => at.startsWith('bad'))).toEqual(range('bad', 1, 5));
    expect(effects.filter((at) => at.startsWith('good'))).toEqual(range('good', 1, 5));
    expect((await readOutboxStatus(store.db)).parked).toEqual([]);
  });

  it('parks what its renderer declines, with the reason it gave', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await store.append(topic, 'bad', 1, 2);
    start(
      relayOf(store, bus, (_, rows) =>
        Promise.resolve(
          rows.map(({ eventId }) => ({ eventId, ok: false, reason: '/body/name: required' })),
        ),
      ),
    );
    await until('a parked book', async () => (await readOutboxStatus(store.db)).parked.length > 0);
    const { parked } = await readOutboxStatus(store.db);
    expect(parked).toMatchObject([{ book: 'bad', sequence: 1n, reason: '/body/name: required' }]);
    expect([...(await bus.endOffsets(topic)).values()].every((end) => end === 0n)).toBe(true);
  });

  it('parks a book whose row before is missing', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await store.append(topic, 'torn', 2, 2);
    start(relayOf(store, bus));
    await until('a parked book', async () => (await readOutboxStatus(store.db)).parked.length > 0);
    const { parked } = await readOutboxStatus(store.db);
    expect(parked[0]?.reason).toBe('the row before it in its book is missing');
  });

  it('has one leader, and another takes over when the leader dies', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    const relays: Relay[] = [start(relayOf(store, bus)), start(relayOf(store, bus))];
    const leaders = (): number => relays.filter((relay) => relay.status().isLeading).length;
    await until('a leader', () => leaders() === 1);
    start(consumerOf(store, bus, topic));
    for (let round = 0; round < 3; round += 1) {
      await store.append(topic, 'parties', round * 5 + 1, round * 5 + 5);
      await store.killLeader('relay:tester');
      await store.untilEffects(round * 5 + 5);
      expect(leaders()).toBeLessThanOrEqual(1);
    }
    expect(await store.effects()).toEqual(range('parties', 1, 15));
  });

  it('publishes a book again on demand, without a second effect', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await store.append(topic, 'parties', 1, 4);
    start(relayOf(store, bus));
    start(consumerOf(store, bus, topic));
    await store.untilEffects(4);
    await until('an empty outbox', async () => (await readOutboxStatus(store.db)).waiting === 0n);
    expect(await requeueBook(store.db, { book: 'parties', sequence: 2n })).toBe(3n);
    await until('an empty outbox', async () => (await readOutboxStatus(store.db)).waiting === 0n);
    await store.append(topic, 'parties', 5, 5);
    await store.untilEffects(5);
    expect(await store.effects()).toEqual(range('parties', 1, 5));
  });
});
