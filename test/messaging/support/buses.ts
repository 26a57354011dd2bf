// The two adapters under the one contract, each on its real server.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { TestContext } from 'vitest';
import { createPool } from '#libs/db/pool.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createKafkaBus } from '#libs/event-bus/kafka/kafka-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { createLogger } from '#libs/log/log.ts';
import { testKafka } from '../../support/kafka.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import type { ServiceDatabase } from '../../support/service-database.ts';

/** TEST_LOG=1 shows what the loops say. */
export const silent = createLogger({
  service: 'test',
  level: process.env['TEST_LOG'] === undefined ? 'silent' : 'debug',
});

export interface BusSetup {
  /** A new client of the one server, as another process would have. */
  open(ctx: TestContext): Promise<EventBus>;
  close(): Promise<void>;
}

export const adapters = ['postgres', 'kafka'] as const;

export function setUpBus(adapter: (typeof adapters)[number]): BusSetup {
  const opened: EventBus[] = [];
  const pools: pg.Pool[] = [];
  let database: Promise<ServiceDatabase> | undefined;

  const openPostgres = async (): Promise<EventBus> => {
    database ??= createServiceDatabase('bus');
    const pool = busPool((await database).roleUrl('bus_market'));
    pools.push(pool);
    return createPostgresBus({ pool, log: silent });
  };

  const openKafka = async (ctx: TestContext): Promise<EventBus> => {
    const broker = await testKafka();
    if (!broker.ok) return ctx.skip(broker.reason);
    const brokers = broker.brokers.split(',');
    return createKafkaBus({ brokers, clientId: 'test', log: silent, bootId: randomUUID() });
  };

  return {
    open: async (ctx) => {
      const bus = adapter === 'postgres' ? await openPostgres() : await openKafka(ctx);
      opened.push(bus);
      return bus;
    },
    close: async () => {
      await Promise.all(opened.map((bus) => bus.close()));
      await Promise.all(pools.map((pool) => pool.end()));
      await (await database)?.drop();
    },
  };
}

export function busPool(connectionString: string): pg.Pool {
  return createPool({ connectionString, schema: 'bus', applicationName: 'test-bus' });
}

export async function freshTopic(bus: EventBus, partitions = 3): Promise<string> {
  const name = `test.${randomUUID()}`;
  await bus.ensureTopics([{ name, partitions }]);
  return name;
}
