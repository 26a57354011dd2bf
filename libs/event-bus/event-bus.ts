/** The event bus port: a courier with delivery at least once and order per key. */

/** Largest value the bus takes; larger payloads travel as chunks of the caller's making. */
export const MAX_VALUE_BYTES = 1_000_000;

export const DEFAULT_RETENTION_MS = 7 * 24 * 3_600_000;

export interface OutgoingMessage {
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BusMessage {
  /** Dense from 0 inside (topic, partition) on the PostgreSQL bus; rising on Kafka. */
  readonly offset: bigint;
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BusBatch {
  /** Identity of the store behind the bus: an offset means nothing under another origin. */
  readonly origin: string;
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly BusMessage[];
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs?: number;
}

export interface SubscribeOptions {
  /** Name of the subscribing service; offsets are kept under it. */
  readonly consumer: string;
  readonly topics: readonly string[];
  /** Next offset wanted per partition, from the consumer's own store; a missing one starts at 0. */
  readonly nextOffsets: (topic: string, origin: string) => Promise<ReadonlyMap<number, bigint>>;
  /** A rejected promise means: deliver the same messages again, after a bounded wait. */
  readonly handle: (batch: BusBatch) => Promise<void>;
  /** Most messages in one call of `handle`. */
  readonly maxBatch: number;
}

export interface Subscription {
  /** Lets the batch in hand finish, then delivers no more. */
  stop(): Promise<void>;
}

export interface BusHealth {
  readonly ok: boolean;
  /** Why not, in a few words for the log and the readiness answer. */
  readonly detail: string;
}

export interface EventBus {
  /**
   * Appends the messages to their partitions in the given order; resolved means durable.
   * Rejected means unknown: some may have been appended, so publish all of them again.
   */
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Creates what is missing; refuses a topic that stands with another number of partitions. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Offset after the last message, per partition. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Identity of the store behind the bus; a wiped or exchanged store has another. */
  origin(): Promise<string>;
  health(): Promise<BusHealth>;
  close(): Promise<void>;
}

/** The bus could not be reached or did not acknowledge: a fault, to be tried again. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}
