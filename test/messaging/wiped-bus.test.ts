// The bus is a courier: a wiped one loses nothing that the outbox holds.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createKafkaBus } from '#libs/event-bus/kafka/kafka-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { startKafka } from '#libs/kafka-launcher/start.ts';
import { readOutboxStatus } from '#libs/outbox/outbox-status.ts';
import { testKafka } from '../support/kafka.ts';
import { withClient } from '../support/postgres.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { adapters, busPool, silent } from './support/buses.ts';
import { consumerOf, openStore, relayOf } from './support/stores.ts';
import type { Store } from './support/stores.ts';
import { until } from './support/waiting.ts';

interface OwnBus {
  readonly bus: EventBus;
  /** Ends the server without a word and starts it again, on its data or on none. */
  restart(keepData: boolean): Promise<void>;
  close(): Promise<void>;
}

async function openOwnKafka(ctx: TestContext): Promise<OwnBus> {
  const available = await testKafka();
  if (!available.ok) return ctx.skip(available.reason);
  const directory = mkdtempSync(join(tmpdir(), 'quanji-wiped-'));
  let broker = await startKafka({ directory });
  const { brokers, port } = broker;
  const settings = { brokers: [brokers], clientId: 'test', log: silent, bootId: randomUUID() };
  const bus = createKafkaBus(settings);
  return {
    bus,
    restart: async (keepData) => {
      await broker.kill();
      if (!keepData) rmSync(join(directory, 'data'), { recursive: true });
      broker = await startKafka({ directory, port });
    },
    close: async () => {
      await bus.close();
      await broker.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function openOwnPostgres(): Promise<OwnBus> {
  const database = await createServiceDatabase('bus');
  const pool: pg.Pool = busPool(database.roleUrl('bus_market'));
  const bus = createPostgresBus({ pool, log: silent });
  const asSuperuser = (statements: string): Promise<unknown> =>
    withClient(database.superuserUrl, (client) => client.query(statements));
  return {
    bus,
    restart: async (keepData) => {
      if (!keepData) {
        await asSuperuser(`
          alter table bus.message disable trigger all;
          truncate bus.message, bus.partition, bus.topic, bus.identity;
          alter table bus.message enable trigger all;
          insert into bus.identity default values`);
      }
      await asSuperuser(`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'bus_market'`);
    },
    close: async () => {
      await bus.close();
      await pool.end();
      await database.drop();
    },
  };
}

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `parties:${from + n}`);

/** Starts a broker three times, on a machine that may be busy. */
const TEST_TIMEOUT_MS = 300_000;

describe.each(adapters)('a server of the bus on %s', (adapter) => {
  let store: Store;
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    store = await openStore();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await store.close();
  });

  it('may be killed and wiped while events flow', { timeout: TEST_TIMEOUT_MS }, async (ctx) => {
    const own = await (adapter === 'kafka' ? openOwnKafka(ctx) : openOwnPostgres());
    try {
      const { bus } = own;
      const topic = 'registry.events';
      const topics = [{ name: topic, partitions: 2 }];
      await bus.ensureTopics(topics);
      const origin = await bus.origin();
      running.push(relayOf(store, bus), consumerOf(store, bus, topic));
      await store.append(topic, 'parties', 1, 20);
      await store.untilEffects(20);

      await own.restart(true);
      await store.append(topic, 'parties', 21, 30);
      await store.untilEffects(30, 80_000);
      expect(await bus.origin()).toBe(origin);

      await own.restart(false);
      await store.append(topic, 'parties', 31, 40);
      await store.untilEffects(40, 80_000);
      expect(await bus.origin()).not.toBe(origin);
      await until('all published', async () => (await readOutboxStatus(store.db)).waiting === 0n);
      const ends = [...(await bus.endOffsets(topic)).values()];
      expect(ends.reduce((sum, end) => sum + end, 0n)).toBeGreaterThanOrEqual(40n);
      expect(await store.effects()).toEqual(range(1, 40));
      await until('health', async () => (await bus.health()).ok);
    } finally {
      await Promise.all(running.splice(0).map((one) => one.stop()));
      await own.close();
    }
  });
});
