// On the PostgreSQL bus each side appends to its own topics only, and old messages go in bites.
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { createLogger } from '#libs/log/log.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import type { ServiceDatabase } from '../support/service-database.ts';
import { withClient } from '../support/postgres.ts';
import { busPool } from './support/buses.ts';
import { until } from './support/waiting.ts';

const log = createLogger({ service: 'test', level: 'silent' });
let database: ServiceDatabase;
let market: pg.Pool;
let supervisory: pg.Pool;

beforeAll(async () => {
  database = await createServiceDatabase('bus');
  market = busPool(database.roleUrl('bus_market'));
  supervisory = busPool(database.roleUrl('bus_supervisory'));
});
afterAll(async () => {
  await market.end();
  await supervisory.end();
  await database.drop();
});

const message = { key: 'zhejiang', value: Buffer.from('{}') };

it('lets both sides read, and only the owner append', async () => {
  const up = createPostgresBus({ pool: market, log });
  const down = createPostgresBus({ pool: supervisory, log });
  await up.ensureTopics([{ name: 'xc.header.zhejiang', partitions: 1 }]);
  await up.publish('xc.header.zhejiang', [message]);
  const denied = await down.publish('xc.header.zhejiang', [message]).catch((e: unknown) => e);
  expect(denied).toMatchObject({ cause: { code: '42501' } });
  const seen: string[] = [];
  const subscription = await down.subscribe({
    consumer: 'supervisory-chain',
    topics: ['xc.header.zhejiang'],
    maxBatch: 10,
    nextOffsets: () => Promise.resolve(new Map()),
    handle: (batch) => {
      seen.push(...batch.messages.map(({ key }) => key));
      return Promise.resolve();
    },
  });
  await until('the header', () => seen.length > 0);
  await subscription.stop();
  expect(seen).toEqual(['zhejiang']);
  await up.close();
  await down.close();
});

it.each([
  `insert into bus.message values ('xc.header.zhejiang', 0, 99, 'k', '', '{}')`,
  `update bus.message set key = 'x'`,
  `delete from bus.message`,
  `truncate bus.message`,
  `update bus.partition set next_offset = 0`,
  `update bus.topic set owner_role = 'bus_supervisory'`,
  `delete from bus.identity`,
])('refuses %s to both sides', async (statement) => {
  await expect(market.query(statement)).rejects.toMatchObject({ code: '42501' });
  await expect(supervisory.query(statement)).rejects.toMatchObject({ code: '42501' });
});

it('keeps its messages from being changed even by their owner', async () => {
  const owner = database.roleUrl('bus_owner');
  const change = withClient(owner, (client) => client.query(`update bus.message set key = 'x'`));
  await expect(change).rejects.toThrow(/append-only/);
});

it('expires the oldest messages in bounded bites, and leaves the offsets as they are', async () => {
  const bus = createPostgresBus({ pool: market, log });
  const topic = 'test.expiring';
  await bus.ensureTopics([{ name: topic, partitions: 1, retentionMs: 1_000 }]);
  await bus.publish(
    topic,
    Array.from({ length: 8 }, () => message),
  );
  const expire = async (limit: number): Promise<bigint | undefined> => {
    const query = 'select bus.expire($1, $2) as removed';
    const { rows } = await market.query<{ removed: bigint }>(query, [topic, limit]);
    return rows[0]?.removed;
  };
  expect(await expire(5)).toBe(0n);
  await until('five expired', async () => (await expire(5)) === 5n);
  await bus.publish(topic, [message]);
  expect(await expire(5)).toBe(3n);
  expect(await expire(5)).toBe(0n);
  const { rows } = await market.query(
    `select "offset" from bus.message where topic = $1 order by "offset"`,
    [topic],
  );
  expect(rows).toEqual([{ offset: 8n }]);
  expect(await bus.endOffsets(topic)).toEqual(new Map([[0, 9n]]));
  await bus.close();
});
