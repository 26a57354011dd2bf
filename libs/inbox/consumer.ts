/**
 * The consumer loop: one leader per (consumer, topic), one transaction for effect and offset.
 * It runs on the connection that holds its lock, so a consumer that lost it can write nothing.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from '#libs/log/log.ts';
import type { BusBatch, EventBus } from '#libs/event-bus/event-bus.ts';
import { databaseOn, runAsLeader } from '#libs/leadership/run-as-leader.ts';
import type { LeaderSession } from '#libs/leadership/run-as-leader.ts';
import { Pace } from './pace.ts';
import { lockOffset, readNextOffsets, storeOffset } from './consumer-offsets.ts';

export interface ConsumerOptions<DB> {
  /** The service's own database; the consumer keeps one connection of it while it leads. */
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly consumer: string;
  readonly topic: string;
  readonly maxBatch?: number;
  /**
   * How long one transaction should take: as many messages go in it as the last ones allow, at most
   * `maxBatch`. Absent: all that come together. Unit: milliseconds.
   */
  readonly transactionMs?: number;
  /** Gets only messages that were not taken before; what it writes commits with the offset. */
  readonly effect: (trx: Transaction<DB>, batch: BusBatch) => Promise<void>;
}

export interface RunningConsumer {
  /** Lets the batch in hand finish. */
  stop(): Promise<void>;
  status(): ConsumerStatus;
}

export interface ConsumerStatus {
  readonly isLeading: boolean;
  /** Why the message in hand is not taken; undefined when the last one was. */
  readonly fault: string | undefined;
}

export function startConsumer<DB>(options: ConsumerOptions<DB>): RunningConsumer {
  const stopping = new AbortController();
  const status: { isLeading: boolean; fault: string | undefined } = {
    isLeading: false,
    fault: undefined,
  };
  const ended = runAsLeader({
    pool: options.pool,
    lockName: `consumer:${options.consumer}:${options.topic}`,
    signal: stopping.signal,
    log: options.log,
    lead: async (session) => {
      status.isLeading = true;
      await consumeWhileLeading(options, session, (fault) => {
        status.fault = fault;
      }).finally(() => {
        status.isLeading = false;
      });
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    status: () => ({ ...status }),
  };
}

async function consumeWhileLeading<DB>(
  options: ConsumerOptions<DB>,
  session: LeaderSession,
  report: (fault: string | undefined) => void,
): Promise<void> {
  const { consumer, topic, maxBatch = 100, transactionMs } = options;
  const db = databaseOn<DB>(session.client);
  const pace = new Pace(maxBatch, transactionMs);
  const subscription = await options.bus.subscribe({
    consumer,
    topics: [topic],
    maxBatch,
    nextOffsets: (_, origin) => readNextOffsets(db, { consumer, topic, origin }),
    handle: async (batch) => {
      try {
        await takeInParts(db, options, batch, pace);
        report(undefined);
      } catch (error) {
        report(error instanceof Error ? error.message : 'unknown fault');
        throw error;
      }
    },
  });
  await untilAborted(session.signal);
  await subscription.stop();
}

async function takeInParts<DB>(
  db: Kysely<DB>,
  options: ConsumerOptions<DB>,
  batch: BusBatch,
  pace: Pace,
): Promise<void> {
  for (let at = 0; at < batch.messages.length; ) {
    const messages = batch.messages.slice(at, at + pace.size);
    await pace.measure(messages.length, () => takeBatch(db, options, { ...batch, messages }));
    at += messages.length;
  }
}

/** A batch that fails is taken message by message, so that the good ones before the fault stay. */
async function takeBatch<DB>(
  db: Kysely<DB>,
  options: ConsumerOptions<DB>,
  batch: BusBatch,
): Promise<void> {
  try {
    await takeTogether(db, options, batch);
  } catch (error) {
    if (batch.messages.length === 1) throw error;
    options.log.warn('batch failed, taking it one by one', { error, topic: batch.topic });
    for (const message of batch.messages) {
      await takeTogether(db, options, { ...batch, messages: [message] });
    }
  }
}

async function takeTogether<DB>(
  db: Kysely<DB>,
  options: ConsumerOptions<DB>,
  batch: BusBatch,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const place = { consumer: options.consumer, topic: batch.topic, partition: batch.partition };
    const next = await lockOffset(trx, { ...place, origin: batch.origin });
    const fresh = batch.messages.filter((message) => message.offset >= next);
    const last = fresh.at(-1);
    if (last === undefined) return;
    await options.effect(trx, { ...batch, messages: fresh });
    await storeOffset(trx, { ...place, origin: batch.origin, next: last.offset + 1n });
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
