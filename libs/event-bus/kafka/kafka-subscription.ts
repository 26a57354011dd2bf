/**
 * One subscription on Kafka: incarnations of a consumer, each in a group of its own, each placed
 * at the offsets that the subscriber stored. Any crash, rejoin or silence ends an incarnation.
 */
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Logger } from '#libs/log/log.ts';
import { pause } from '#libs/leadership/run-as-leader.ts';
import type { BusMessage, SubscribeOptions, Subscription } from '../event-bus.ts';
import { deliver } from '../redelivery.ts';
import { startOffset } from '../start-offset.ts';
import { RETRY } from './kafka-client.ts';
import type { WithAdmin } from './kafka-client.ts';
import { readBounds, readOrigin } from './kafka-topics.ts';

const SILENCE_CHECK_MS = 15_000;
const SILENT_CHECKS_MAX = 4;
const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 2_000;

export interface KafkaSubscriptionOptions extends SubscribeOptions {
  readonly kafka: Kafka;
  readonly withAdmin: WithAdmin;
  readonly log: Logger;
  /** Unique per process start, so that a killed member never holds partitions. */
  readonly bootId: string;
}

export interface KafkaSubscription extends Subscription {
  isRunning(): boolean;
}

interface Incarnation {
  readonly origin: string;
  /** Next offset wanted per `topic/partition`. */
  readonly wanted: Map<string, bigint>;
  readonly signal: AbortSignal;
  /** True while the subscriber works, when no fetch is to be expected. */
  handling: boolean;
}

export function subscribeOnKafka(options: KafkaSubscriptionOptions): KafkaSubscription {
  const stopping = new AbortController();
  const state = { running: false };
  const ended = keepConsuming(options, stopping.signal, state);
  return {
    isRunning: () => state.running,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function keepConsuming(
  options: KafkaSubscriptionOptions,
  signal: AbortSignal,
  state: { running: boolean },
): Promise<void> {
  let waitMs = FIRST_RESTART_MS;
  for (let count = 1; !signal.aborted; count += 1) {
    try {
      await consumeOnce(options, signal, `${options.bootId}.${count}`, state);
    } catch (error) {
      options.log.warn('Kafka consumer failed', { error, topic: options.topics.join() });
    }
    waitMs = state.running ? FIRST_RESTART_MS : Math.min(waitMs * 2, LONGEST_RESTART_MS);
    state.running = false;
    await pause(waitMs, signal);
  }
}

async function consumeOnce(
  options: KafkaSubscriptionOptions,
  signal: AbortSignal,
  incarnationId: string,
  state: { running: boolean },
): Promise<void> {
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const incarnation = await placeIncarnation(options, either);
  const consumer = options.kafka.consumer({
    groupId: `${options.consumer}.${options.topics.join('+')}.${incarnationId}`,
    allowAutoTopicCreation: false,
    readUncommitted: false,
    sessionTimeout: 20_000,
    heartbeatInterval: 3_000,
    maxWaitTimeInMs: 500,
    // A crash ends the incarnation; the loop above makes the next.
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
  });
  const stopWatching = watchConsumer(consumer, incarnation, options.log, () => ending.abort());
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: (payload) => takeBatch(options, incarnation, payload),
    });
    if (!either.aborted) {
      seekAll(consumer, incarnation);
      state.running = true;
    }
    await untilAborted(either);
  } finally {
    ending.abort();
    stopWatching();
    await consumer.disconnect().catch(() => undefined);
  }
}

async function placeIncarnation(
  options: KafkaSubscriptionOptions,
  signal: AbortSignal,
): Promise<Incarnation> {
  const origin = await readOrigin(options.withAdmin);
  const wanted = new Map<string, bigint>();
  for (const topic of options.topics) {
    const stored = await options.nextOffsets(topic, origin);
    for (const { partition, first, next } of await readBounds(options.withAdmin, topic)) {
      const known = { topic, partition, stored: stored.get(partition), first, next };
      wanted.set(`${topic}/${partition}`, startOffset(known, options.log));
    }
  }
  return { origin, wanted, signal, handling: false };
}

function seekAll(consumer: Consumer, incarnation: Incarnation): void {
  for (const [place, offset] of incarnation.wanted) {
    const slash = place.lastIndexOf('/');
    consumer.seek({
      topic: place.slice(0, slash),
      partition: Number.parseInt(place.slice(slash + 1), 10),
      offset: offset.toString(),
    });
  }
}

/** Ends the incarnation on a crash, on a second join (the broker forgot us), and on silence. */
function watchConsumer(
  consumer: Consumer,
  incarnation: Incarnation,
  log: Logger,
  end: () => void,
): () => void {
  let joins = 0;
  let silentChecks = 0;
  const remove = [
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      log.warn('Kafka consumer crashed', { error: payload.error, consumer: payload.groupId });
      end();
    }),
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joins += 1;
      if (joins > 1) end();
    }),
    consumer.on(consumer.events.FETCH, () => {
      silentChecks = 0;
    }),
  ];
  const timer = setInterval(() => {
    silentChecks = incarnation.handling ? 0 : silentChecks + 1;
    if (silentChecks < SILENT_CHECKS_MAX) return;
    log.error('Kafka consumer fell silent', { count: silentChecks });
    end();
  }, SILENCE_CHECK_MS);
  return () => {
    clearInterval(timer);
    for (const removeListener of remove) removeListener();
  };
}

async function takeBatch(
  options: KafkaSubscriptionOptions,
  incarnation: Incarnation,
  payload: EachBatchPayload,
): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  const place = `${topic}/${partition}`;
  const from = incarnation.wanted.get(place) ?? 0n;
  // Fetches that left before the seek bring what was taken already.
  const fresh = messages.filter((message) => BigInt(message.offset) >= from);
  for (let at = 0; at < fresh.length; at += options.maxBatch) {
    const slice = fresh.slice(at, at + options.maxBatch).map(toBusMessage);
    const last = slice.at(-1);
    if (last === undefined || incarnation.signal.aborted) return;
    const isTaken = await deliverSlice(options, incarnation, payload, slice);
    if (!isTaken) return;
    incarnation.wanted.set(place, last.offset + 1n);
    payload.resolveOffset(last.offset.toString());
    await payload.heartbeat();
  }
  if (fresh.length === 0) payload.resolveOffset(payload.batch.lastOffset());
}

async function deliverSlice(
  options: KafkaSubscriptionOptions,
  incarnation: Incarnation,
  payload: EachBatchPayload,
  messages: readonly BusMessage[],
): Promise<boolean> {
  const { topic, partition } = payload.batch;
  incarnation.handling = true;
  try {
    return await deliver(
      { origin: incarnation.origin, topic, partition, messages },
      {
        handle: options.handle,
        signal: incarnation.signal,
        log: options.log,
        heartbeat: payload.heartbeat,
      },
    );
  } finally {
    incarnation.handling = false;
  }
}

function toBusMessage(message: KafkaMessage): BusMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) headers[name] = first.toString();
  }
  return {
    offset: BigInt(message.offset),
    key: message.key?.toString('utf8') ?? '',
    value: message.value ?? Buffer.alloc(0),
    headers,
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
