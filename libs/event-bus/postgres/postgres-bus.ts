/** The event bus on a PostgreSQL database of its own (migrations/bus). */
import type { Pool } from 'pg';
import type { Logger } from '#libs/log/log.ts';
import { pause } from '#libs/leadership/run-as-leader.ts';
import { BusUnavailable } from '../event-bus.ts';
import type { BusHealth, EventBus, Subscription } from '../event-bus.ts';
import { reasonOf, withTimeout } from '../with-timeout.ts';
import { readEndOffsets, readOrigin } from './positions.ts';
import { createPostgresPublisher } from './postgres-publisher.ts';
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

/** Closing the bus leaves the pool open: it was handed in. */
export function createPostgresBus(options: PostgresBusOptions): EventBus {
  const { pool, log } = options;
  const pollMs = options.pollMs ?? 1_000;
  const publisher = createPostgresPublisher(pool);
  const subscriptions = new Set<Subscription>();
  const closing = new AbortController();
  const expiring = expireRegularly(options, () => publisher.ownTopics(), closing.signal);
  return {
    publish: async (topic, messages) => {
      try {
        await publisher.publish(topic, messages);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        throw new BusUnavailable(`publishing to ${topic} failed`, { cause: error });
      }
    },
    subscribe: (wanted) => {
      const subscription = subscribeOnPostgres({ ...wanted, pool, log, pollMs });
      subscriptions.add(subscription);
      const stop = async (): Promise<void> => {
        subscriptions.delete(subscription);
        await subscription.stop();
      };
      return Promise.resolve({ stop });
    },
    ensureTopics: (topics) => publisher.ensureTopics(topics),
    endOffsets: (topic) => readEndOffsets(pool, topic),
    origin: () => readOrigin(pool),
    health: () => checkHealth(pool),
    close: async () => {
      closing.abort();
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await expiring;
    },
  };
}

async function checkHealth(pool: Pool): Promise<BusHealth> {
  try {
    await withTimeout(readOrigin(pool), HEALTH_TIMEOUT_MS);
    return { ok: true, detail: 'the PostgreSQL bus answers' };
  } catch (error) {
    return { ok: false, detail: `PostgreSQL bus: ${reasonOf(error)}` };
  }
}

async function expireRegularly(
  { pool, log }: PostgresBusOptions,
  topics: () => string[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(EXPIRE_EVERY_MS, signal);
    for (const topic of topics()) {
      if (signal.aborted) return;
      await pool
        .query('select bus.expire($1, $2)', [topic, EXPIRE_LIMIT])
        .catch((error: unknown) => log.warn('bus messages not expired', { error, topic }));
    }
  }
}
