// The inbox: delivered at least once, in effect exactly once, in the order of each book.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { readBookGaps } from '#libs/inbox/book-rows.ts';
import { startConsumer } from '#libs/inbox/consumer.ts';
import { adapters, freshTopic, setUpBus, silent } from './support/buses.ts';
import { consumerOf, eventMessage, openStore, recordEffects } from './support/stores.ts';
import type { Effects, Store } from './support/stores.ts';
import { until } from './support/waiting.ts';

const range = (book: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `${book}:${from + n}`);

async function publish(bus: EventBus, topic: string, ...sequences: number[]): Promise<void> {
  await bus.publish(
    topic,
    sequences.map((sequence) => eventMessage('parties', sequence)),
  );
}

describe.each(adapters)('the inbox over %s', (adapter) => {
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

  it('lets duplicates fall', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await publish(bus, topic, 1, 2, 2, 1, 3);
    start(consumerOf(store, bus, topic));
    await publish(bus, topic, 3, 1, 2, 3, 4);
    await store.untilEffects(4);
    expect(await store.effects()).toEqual(range('parties', 1, 4));
  });

  it('undoes an effect whose offset was not stored, and has it again', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    await publish(bus, topic, 1, 2, 3);
    let crashes = 0;
    const consumer = start(
      consumerOf(store, bus, topic, {
        effect: async (trx, events) => {
          await recordEffects(trx, events);
          const isSecond = events.some((event) => event.sequence === 2n);
          if (!isSecond || crashes >= 4) return;
          crashes += 1;
          if (crashes > 2) await store.killLeader(`consumer:taker:${topic}`);
          throw new Error('died after the effect');
        },
      }),
    );
    await until('a reported fault', () => consumer.status().fault !== undefined);
    await store.untilEffects(3);
    expect(crashes).toBe(4);
    expect(await store.effects()).toEqual(range('parties', 1, 3));
    await until('no fault any more', () => consumer.status().fault === undefined);
  });

  it('takes up where it stopped, and reads nothing twice', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    const seen: bigint[] = [];
    const consumer = () =>
      startConsumer<Effects>({
        pool: store.pool,
        bus,
        log: silent,
        consumer: 'taker',
        topic,
        effect: (_, batch) => {
          seen.push(...batch.messages.map((message) => message.offset));
          return Promise.resolve();
        },
      });
    await publish(bus, topic, 1, 2, 3);
    const first = consumer();
    await until('three messages', () => seen.length >= 3);
    await first.stop();
    await publish(bus, topic, 4, 5);
    start(consumer());
    await until('five messages', () => seen.length >= 5);
    await sleep(300);
    expect(seen).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  it('lets one of two consumers of one name work, and the other take over', async (ctx) => {
    const [busA, busB] = [await setup.open(ctx), await setup.open(ctx)];
    const topic = await freshTopic(busA);
    const workers: string[] = [];
    const worker = (name: string, bus: EventBus) =>
      consumerOf(store, bus, topic, {
        effect: async (trx, events) => {
          workers.push(name);
          await recordEffects(trx, events);
        },
      });
    const pair = { a: worker('a', busA), b: worker('b', busB) };
    await publish(busA, topic, 1, 2);
    await store.untilEffects(2);
    await publish(busA, topic, 3, 4);
    await store.untilEffects(4);
    const [leader = ''] = workers;
    expect(new Set(workers)).toEqual(new Set([leader]));
    await (leader === 'a' ? pair.a : pair.b).stop();
    start(leader === 'a' ? pair.b : pair.a);
    await publish(busA, topic, 5);
    await store.untilEffects(5);
    expect(new Set(workers).size).toBe(2);
    expect(await store.effects()).toEqual(range('parties', 1, 5));
  });

  it('keeps events beyond a gap waiting until the missing one comes', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    start(consumerOf(store, bus, topic));
    await publish(bus, topic, 1, 3, 4, 6);
    await bus.publish(topic, [eventMessage('other', 1)]);
    await until(
      'the gap to show',
      async () => (await readBookGaps(store.db, 'taker'))[0]?.highestSequence === 6n,
    );
    await store.untilEffects(2);
    expect((await store.effects()).sort()).toEqual(['other:1', 'parties:1']);
    await publish(bus, topic, 2);
    await store.untilEffects(5);
    const inOrder = async () => (await store.effects()).filter((at) => at.startsWith('parties'));
    expect(await inOrder()).toEqual(range('parties', 1, 4));
    await publish(bus, topic, 5, 7);
    await store.untilEffects(8);
    expect(await inOrder()).toEqual(range('parties', 1, 7));
    expect(await readBookGaps(store.db, 'taker')).toEqual([]);
  });

  it('bounds what waits beyond a gap, and takes the rest when it comes again', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus);
    const beyond = Array.from({ length: 1_100 }, (_, n) => n + 2);
    start(consumerOf(store, bus, topic));
    await publish(bus, topic, ...beyond);
    await until(
      'the gap to show',
      async () => (await readBookGaps(store.db, 'taker'))[0]?.highestSequence === 1_101n,
    );
    const { rows } = await store.pool.query('select count(*)::int as count from inbox_waiting');
    expect(rows).toEqual([{ count: 999 }]);
    await publish(bus, topic, 1);
    await store.untilEffects(1_000);
    const [gap] = await readBookGaps(store.db, 'taker');
    expect(gap).toEqual({ book: 'parties', lastSequence: 1_000n, highestSequence: 1_101n });
    await publish(bus, topic, ...beyond.slice(900));
    await store.untilEffects(1_101);
    expect(await store.effects()).toEqual(range('parties', 1, 1_101));
  });

  it('never skips a message that it cannot read', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    await publish(bus, topic, 1);
    await bus.publish(topic, [{ key: 'parties', value: Buffer.from('{}') }]);
    await publish(bus, topic, 2);
    const consumer = start(consumerOf(store, bus, topic));
    await store.untilEffects(1);
    await until('a fault', () => consumer.status().fault === 'not an event of the tests');
    await sleep(500);
    expect(await store.effects()).toEqual(['parties:1']);
  });
});
