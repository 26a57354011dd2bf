// The one contract of the event bus, on PostgreSQL and on Kafka.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { BusBatch, EventBus, SubscribeOptions } from '#libs/event-bus/event-bus.ts';
import { partitionOfKey } from '#libs/event-bus/partition-of-key.ts';
import { adapters, freshTopic, setUpBus } from './support/buses.ts';
import { until } from './support/waiting.ts';

const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8');
const message = (key: string, value: string): { key: string; value: Buffer } => ({
  key,
  value: Buffer.from(value),
});

function collect(
  topic: string,
  overrides: Partial<SubscribeOptions> = {},
): {
  options: SubscribeOptions;
  batches: BusBatch[];
  values: () => string[];
} {
  const batches: BusBatch[] = [];
  return {
    batches,
    values: () => batches.flatMap((batch) => batch.messages.map(({ value }) => text(value))),
    options: {
      consumer: 'tester',
      topics: [topic],
      maxBatch: 100,
      nextOffsets: () => Promise.resolve(new Map()),
      handle: (batch) => {
        batches.push(batch);
        return Promise.resolve();
      },
      ...overrides,
    },
  };
}

async function publishNumbers(bus: EventBus, topic: string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => message('one-key', `${n}`));
  await bus.publish(topic, numbers);
}

describe.each(adapters)('the event bus on %s', (adapter) => {
  const setup = setUpBus(adapter);
  afterAll(() => setup.close());

  it('keeps the order of each key and spreads keys by their hash', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 4);
    const keys = Array.from({ length: 12 }, (_, n) => `book-${n}`);
    for (let round = 0; round < 5; round += 1) {
      await bus.publish(
        topic,
        keys.map((key) => message(key, `${key}:${round}`)),
      );
    }
    const { options, batches, values } = collect(topic);
    const subscription = await bus.subscribe(options);
    await until('all messages', () => values().length >= 60);
    await subscription.stop();
    for (const key of keys) {
      const own = values().filter((value) => value.startsWith(`${key}:`));
      expect(own).toEqual([0, 1, 2, 3, 4].map((round) => `${key}:${round}`));
    }
    for (const batch of batches) {
      for (const { key } of batch.messages) expect(partitionOfKey(key, 4)).toBe(batch.partition);
    }
  });

  it('hands over keys, headers and offsets as they were', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    const headers = { 'content-type': 'application/json', note: '权籍' };
    await bus.publish(topic, [{ ...message('parties', '{"a":"值"}'), headers }]);
    const { options, batches } = collect(topic);
    const subscription = await bus.subscribe(options);
    await until('the message', () => batches.length > 0);
    await subscription.stop();
    expect(batches[0]).toMatchObject({ topic, partition: 0, origin: await bus.origin() });
    const [only] = batches[0]?.messages ?? [];
    expect(only).toMatchObject({ offset: 0n, key: 'parties', headers });
    expect(text(only?.value ?? Buffer.alloc(0))).toBe('{"a":"值"}');
  });

  it('begins at the stored offset', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    await publishNumbers(bus, topic, 50);
    const stored = new Map([[0, 47n]]);
    const { options, values } = collect(topic, { nextOffsets: () => Promise.resolve(stored) });
    const subscription = await bus.subscribe(options);
    await until('the last message', () => values().includes('49'));
    await subscription.stop();
    expect(values()).toEqual(['47', '48', '49']);
  });

  it('delivers what is published after the subscription began', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    const { options, values } = collect(topic);
    const subscription = await bus.subscribe(options);
    await sleep(1_000);
    await publishNumbers(bus, topic, 3);
    await until('three messages', () => values().length >= 3);
    await subscription.stop();
    expect(values()).toEqual(['0', '1', '2']);
  });

  it('bounds each batch', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    await publishNumbers(bus, topic, 95);
    const { options, batches, values } = collect(topic, { maxBatch: 10 });
    const subscription = await bus.subscribe(options);
    await until('all messages', () => values().length >= 95);
    await subscription.stop();
    expect(Math.max(...batches.map((batch) => batch.messages.length))).toBe(10);
    expect(values()).toEqual(Array.from({ length: 95 }, (_, n) => `${n}`));
  });

  it('delivers again what a handler threw on, and skips nothing', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    await publishNumbers(bus, topic, 6);
    let failures = 0;
    const { options, values, batches } = collect(topic, { maxBatch: 2 });
    const handle = async (batch: BusBatch): Promise<void> => {
      if (batch.messages[0]?.offset === 2n && failures < 3) {
        failures += 1;
        throw new Error('not now');
      }
      await options.handle(batch);
    };
    const subscription = await bus.subscribe({ ...options, handle });
    await until('all messages', () => values().length >= 6);
    await subscription.stop();
    expect(failures).toBe(3);
    expect(values()).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(batches.map((batch) => batch.messages[0]?.offset)).toEqual([0n, 2n, 4n]);
  });

  it('carries values of 512 KiB, several at once, and refuses one above its limit', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    const large = Array.from({ length: 5 }, (_, n) => ({
      key: 'large',
      value: Buffer.concat([Buffer.from([n]), randomBytes(512 * 1024 - 1)]),
    }));
    await bus.publish(topic, large);
    const { options, batches } = collect(topic);
    const subscription = await bus.subscribe(options);
    const received = (): Uint8Array[] =>
      batches.flatMap((batch) => batch.messages.map(({ value }) => value));
    await until('all five', () => received().length >= 5);
    await subscription.stop();
    expect(received().map((value, n) => large[n]?.value.equals(value))).toEqual(
      Array(5).fill(true),
    );
    const tooLarge = { key: 'large', value: Buffer.alloc(1_000_001) };
    await expect(bus.publish(topic, [tooLarge])).rejects.toThrow(RangeError);
  });

  it('lets the batch in hand finish before it stops, and delivers no more', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 1);
    await publishNumbers(bus, topic, 3);
    let begun = false;
    let finished = 0;
    const { options } = collect(topic, {
      maxBatch: 1,
      handle: async () => {
        begun = true;
        await sleep(300);
        finished += 1;
      },
    });
    const subscription = await bus.subscribe(options);
    await until('a batch in hand', () => begun);
    await subscription.stop();
    const atStop = finished;
    expect(atStop).toBeGreaterThan(0);
    await sleep(800);
    expect(finished).toBe(atStop);
  });

  it('makes topics once, and refuses another number of partitions', async (ctx) => {
    const bus = await setup.open(ctx);
    const topic = await freshTopic(bus, 2);
    await bus.ensureTopics([{ name: topic, partitions: 2 }]);
    await expect(bus.ensureTopics([{ name: topic, partitions: 3 }])).rejects.toThrow(/partitions/);
    await publishNumbers(bus, topic, 4);
    const ends = await bus.endOffsets(topic);
    const partition = partitionOfKey('one-key', 2);
    expect([ends.get(partition), ends.get(1 - partition)]).toEqual([4n, 0n]);
  });

  it('refuses to publish to a topic that does not exist', async (ctx) => {
    const bus = await setup.open(ctx);
    await expect(bus.publish('test.nowhere', [message('k', 'v')])).rejects.toThrow(/test.nowhere/);
  });

  it('answers for its health', async (ctx) => {
    const bus = await setup.open(ctx);
    await bus.ensureTopics([]);
    await until('a healthy bus', async () => (await bus.health()).ok);
  });
});
