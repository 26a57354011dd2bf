/** Consumes what the market sends: headers, packets, control. Offsets commit with the effects. */
import type { Pool } from 'pg';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { type RunningConsumer, startConsumer } from '#libs/inbox/consumer.ts';
import { ChunkAssembly } from '#libs/lane-messages/chunks.ts';
import { upTopics } from '#libs/lane-messages/topics.ts';
import type { SupervisoryParts } from '../parts.ts';
import type { OpenedMessages } from '../use-cases/open-message.ts';
import { takeMessages } from '../use-cases/take-messages.ts';

export interface LaneFeed {
  readonly parts: SupervisoryParts;
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly messages: OpenedMessages;
}

const consumer = 'supervisory-chain';
/** A packet costs some milliseconds, and everyone else who takes waits at the lock meanwhile. */
const messagesMax = 200;
const transactionMs = 1_000;

export function startLaneConsumers(feed: LaneFeed): readonly RunningConsumer[] {
  const { parts, pool, bus, messages } = feed;
  const topics = upTopics(parts.market.chainId);
  const memory = { chunks: new ChunkAssembly(), messages };
  return Object.values(topics).map((topic) =>
    startConsumer<unknown>({
      pool,
      bus,
      log: parts.log,
      consumer,
      topic: topic.name,
      maxBatch: messagesMax,
      transactionMs,
      effect: (tx, batch) => takeMessages(parts, tx, batch, memory),
    }),
  );
}
