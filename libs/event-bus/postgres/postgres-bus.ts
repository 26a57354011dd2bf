/** The event bus on a PostgreSQL database of its own (migrations/bus). */
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { pause } from '#libs/leadership/run-as-leader.ts';
import { BusUnavailable, DEFAULT_RETENTION_MS } from '../event-bus.ts';
import type { EventBus, OutgoingMessage, TopicSpec } from '../event-bus.ts';
import { outgoingChunks } from '../outgoing-chunks.ts';
import { partitionOfKey } from '../partition-of-key.ts';
import { reasonOf, withTimeout } from '../with-timeout.ts';
import { readEndOffsets, readOrigin } from './positions.ts';
import { subscribeOnPostgres } from './postgres-subscription.ts';

const EXPIRE_EVERY_MS = 60_000;
const EXPIRE_LIMIT = 5_000;
const HEALTH_TIMEOUT_MS = 2_000;

export interface PostgresBusOptions {
  /** Connects as bus_market or bus_supervisory; a subscription keeps one of its connections. */
  readonly pool: Pool;
  readonly log: Logger;
  /** Longest wait for messages when a notification is lost. */
  readonly pollMs?: number;
}

export function createPostgresBus(options: PostgresBusOptions): EventBus {
  const { pool, log } = options;
  const pollMs = options.pollMs ?? 1_000;
  const partitionCounts = new Map<string, number>();
  const closing = new AbortController();
  const subscriptions = new Set<() => Promise<void>>();
  const owned = new Set<string>();

  const partitionsOf = async (topic: string): Promise<number> => {
    const known = partitionCounts.get(topic);
    if (known !== undefined) return known;
    const { rows } = await pool.query<{ partitions: number }>(
      'select partitions from bus.topic where name = $1',
      [topic],
    );
    const found = rows[0]?.partitions;
    if (found === undefined) throw new Error(`no such topic: ${topic}`);
    partitionCounts.set(topic, found);
    return found;
  };

  const publishChunk = async (topic: string, chunk: readonly OutgoingMessage[]): Promise<void> => {
    const count = await partitionsOf(topic);
    await pool.query('select bus.publish($1, $2::int[], $3::text[], $4::bytea[], $5::jsonb[])', [
      topic,
      chunk.map((message) => partitionOfKey(message.key, count)),
      chunk.map((message) => message.key),
      chunk.map((message) => Buffer.from(message.value)),
      chunk.map((message) => JSON.stringify(message.headers ?? {})),
    ]);
  };

  const ensureTopic = async (topic: TopicSpec): Promise<void> => {
    const retentionMs = topic.retentionMs ?? DEFAULT_RETENTION_MS;
    await pool.query('select bus.ensure_topic($1, $2, $3)', [
      topic.name,
      topic.partitions,
      retentionMs,
    ]);
    partitionCounts.set(topic.name, topic.partitions);
    owned.add(topic.name);
  };

  const expiring = expireRegularly(pool, owned, log, closing.signal);

  return {
    publish: async (topic, messages) => {
      for (const chunk of outgoingChunks(messages)) {
        await publishChunk(topic, chunk).catch((error: unknown) => {
          // The database may have been exchanged, and its topics with it.
          partitionCounts.delete(topic);
          throw new BusUnavailable(`publishing to ${topic} failed`, { cause: error });
        });
      }
    },
    subscribe: (wanted) => {
      const subscription = subscribeOnPostgres({ ...wanted, pool, log, pollMs });
      const stop = async (): Promise<void> => {
        subscriptions.delete(stop);
        await subscription.stop();
      };
      subscriptions.add(stop);
      return Promise.resolve({ stop });
    },
    ensureTopics: async (topics) => {
      for (const topic of topics) await ensureTopic(topic);
    },
    endOffsets: async (topic) => readEndOffsets(pool, topic),
    origin: () => readOrigin(pool),
    health: async () => {
      try {
        await withTimeout(pool.query('select from bus.identity'), HEALTH_TIMEOUT_MS);
        return { ok: true, detail: 'PostgreSQL bus answers' };
      } catch (error) {
        return { ok: false, detail: `PostgreSQL bus: ${reasonOf(error)}` };
      }
    },
    close: async () => {
      closing.abort();
      await Promise.all([...subscriptions].map((stop) => stop()));
      await expiring;
    },
  };
}

async function expireRegularly(
  pool: Pool,
  topics: ReadonlySet<string>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(EXPIRE_EVERY_MS, signal);
    for (const topic of topics) {
      if (signal.aborted) return;
      await pool
        .query('select bus.expire($1, $2)', [topic, EXPIRE_LIMIT])
        .catch((error: unknown) => log.warn({ err: error, topic }, 'bus messages not expired'));
    }
  }
}
