// The topics of the event bus: each side makes and owns those that it appends to.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import type { EventBus, TopicSpec } from '#libs/event-bus/event-bus.ts';
import { createKafkaBus } from '#libs/event-bus/kafka/kafka-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import {
  downTopics,
  type LaneTopic,
  laneRetentionMs,
  upTopics,
} from '#libs/lane-messages/topics.ts';
import { chains } from './services.ts';

const lane = (topic: LaneTopic): TopicSpec => ({ ...topic, retentionMs: laneRetentionMs });

const marketTopics: readonly TopicSpec[] = [
  { name: 'registry.events', partitions: 4 },
  { name: 'settlement.events', partitions: 4 },
  ...Object.values(upTopics(chains.market)).map(lane),
];

const supervisoryTopics = Object.values(downTopics(chains.market)).map(lane);

const log = pino({ level: 'silent' });

export async function makeTopicsOnKafka(brokers: string): Promise<void> {
  const bus = createKafkaBus({
    brokers: brokers.split(','),
    clientId: 'quanji-launcher',
    bootId: randomUUID(),
    log,
  });
  await useOnce(bus, [...marketTopics, ...supervisoryTopics]);
}

export async function makeTopicsOnPostgres(urls: {
  readonly market: string;
  readonly supervisory: string;
}): Promise<void> {
  await onPostgres(urls.market, marketTopics);
  await onPostgres(urls.supervisory, supervisoryTopics);
}

async function onPostgres(url: string, topics: readonly TopicSpec[]): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  try {
    await useOnce(createPostgresBus({ pool, log }), topics);
  } finally {
    await pool.end();
  }
}

async function useOnce(bus: EventBus, topics: readonly TopicSpec[]): Promise<void> {
  try {
    await bus.ensureTopics(topics);
  } finally {
    await bus.close();
  }
}
