/** One subscription on the PostgreSQL bus: a loop over the partitions, woken by notification. */
import type { Pool, PoolClient } from 'pg';
import type { Logger } from '#libs/log/log.ts';
import { pause } from '#libs/leadership/run-as-leader.ts';
import { listenFor } from '#libs/leadership/wake-up.ts';
import type { BusMessage, SubscribeOptions, Subscription } from '../event-bus.ts';
import { deliver } from '../redelivery.ts';
import { startOffset } from '../start-offset.ts';
import { readBounds, readOrigin } from './positions.ts';

const MAX_BATCH_BYTES = 4_000_000;
const RECONNECT_MS = 500;

export interface PostgresSubscriptionOptions extends SubscribeOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly pollMs: number;
}

interface Cursor {
  readonly topic: string;
  readonly partition: number;
  next: bigint;
}

export function subscribeOnPostgres(options: PostgresSubscriptionOptions): Subscription {
  const stopping = new AbortController();
  const running = keepReading(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function keepReading(
  options: PostgresSubscriptionOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await readOnOneConnection(options, signal);
    } catch (error) {
      options.log.warn('reading from the bus failed', { error, topic: options.topics.join() });
    }
    await pause(RECONNECT_MS, signal);
  }
}

async function readOnOneConnection(
  options: PostgresSubscriptionOptions,
  signal: AbortSignal,
): Promise<void> {
  const client = await options.pool.connect();
  const lost = new AbortController();
  const onLoss = (): void => lost.abort();
  client.on('error', onLoss);
  client.on('end', onLoss);
  const either = AbortSignal.any([signal, lost.signal]);
  try {
    const wakeUp = await listenFor(client, 'bus', (topic) => options.topics.includes(topic));
    const origin = await readOrigin(client);
    const cursors = await openCursors(client, options, origin);
    while (!either.aborted) {
      let read = 0;
      for (const cursor of cursors) read += await readOnce(client, options, origin, cursor, either);
      if (read === 0) await wakeUp.wait(options.pollMs, either);
    }
  } finally {
    client.off('end', onLoss);
    // Destroyed rather than returned: it still listens.
    client.release(true);
  }
}

async function openCursors(
  client: PoolClient,
  options: PostgresSubscriptionOptions,
  origin: string,
): Promise<Cursor[]> {
  const cursors: Cursor[] = [];
  for (const topic of options.topics) {
    const bounds = await readBounds(client, topic);
    if (bounds.length === 0) throw new Error(`no such topic yet: ${topic}`);
    const stored = await options.nextOffsets(topic, origin);
    for (const { partition, first, next } of bounds) {
      const known = { topic, partition, stored: stored.get(partition), first, next };
      cursors.push({ topic, partition, next: startOffset(known, options.log) });
    }
  }
  return cursors;
}

async function readOnce(
  client: PoolClient,
  options: PostgresSubscriptionOptions,
  origin: string,
  cursor: Cursor,
  signal: AbortSignal,
): Promise<number> {
  if (signal.aborted) return 0;
  const messages = await fetchMessages(client, cursor, options.maxBatch);
  const last = messages.at(-1);
  if (last === undefined) return 0;
  const { topic, partition } = cursor;
  const taken = await deliver(
    { origin, topic, partition, messages },
    { handle: options.handle, signal, log: options.log },
  );
  if (taken) cursor.next = last.offset + 1n;
  return messages.length;
}

interface MessageRow {
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** At most `limit` messages and, beyond the first, at most MAX_BATCH_BYTES. */
async function fetchMessages(
  client: PoolClient,
  cursor: Cursor,
  limit: number,
): Promise<BusMessage[]> {
  const { rows } = await client.query<MessageRow>(
    `select m."offset"::text as "offset", m.key, m.value, m.headers
       from (select topic, partition, "offset",
                    sum(octet_length(value)) over (order by "offset")
                      - octet_length(value) as before
               from (select topic, partition, "offset", value from bus.message
                      where topic = $1 and partition = $2 and "offset" >= $3
                      order by "offset" limit $4) window_of_messages) sized
       join bus.message m using (topic, partition, "offset")
      where sized.before < $5
      order by m."offset"`,
    [cursor.topic, cursor.partition, cursor.next.toString(), limit, MAX_BATCH_BYTES],
  );
  return rows.map((row) => ({
    offset: BigInt(row.offset),
    key: row.key,
    value: row.value,
    headers: row.headers,
  }));
}
