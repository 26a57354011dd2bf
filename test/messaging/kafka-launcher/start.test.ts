import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaAvailable } from '#libs/kafka-launcher/jars.ts';
import { type RunningKafka, startKafka } from '#libs/kafka-launcher/start.ts';

let directory: string;
let broker: RunningKafka | undefined;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'quanji-kafka-'));
});

afterAll(async () => {
  await broker?.kill();
  rmSync(directory, { recursive: true, maxRetries: 5 });
});

function clientOf({ brokers }: RunningKafka): Kafka {
  return new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
}

async function send(kafka: Kafka, value: string): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: 'kept', acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

async function endOffset(kafka: Kafka): Promise<string | undefined> {
  const admin = kafka.admin();
  await admin.connect();
  const [partition] = await admin.fetchTopicOffsets('kept');
  await admin.disconnect();
  return partition?.high;
}

describe('a local Kafka broker', () => {
  it('keeps acknowledged messages over SIGKILL, SIGTERM and a change of ports', async (ctx) => {
    const available = await kafkaAvailable();
    if (!available.ok) return ctx.skip(available.reason);
    broker = await startKafka({ directory });
    const admin = clientOf(broker).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    await admin.disconnect();
    await send(clientOf(broker), 'one');
    await broker.kill();
    broker = await startKafka({ directory, port: broker.port });
    await send(clientOf(broker), 'two');
    await broker.stop();
    broker = await startKafka({ directory });
    expect(await endOffset(clientOf(broker))).toBe('2');
  });
});
