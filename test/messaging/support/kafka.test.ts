import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { testKafka } from '../../support/kafka.ts';

describe('the test broker', () => {
  it('is a real Kafka that takes messages and refuses to make topics unasked', async (ctx) => {
    const broker = await testKafka();
    if (!broker.ok) return ctx.skip(broker.reason);
    const kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: { retries: 1 },
    });
    await admin.connect();
    await producer.connect();
    try {
      await admin.createTopics({ topics: [{ topic: 'selftest', numPartitions: 1 }] });
      await producer.send({ topic: 'selftest', acks: -1, messages: [{ value: 'one' }] });
      const offsets = await admin.fetchTopicOffsets('selftest');
      expect(offsets.map((partition) => partition.high)).toEqual(['1']);
      const unknown = producer.send({ topic: 'nobody-made-it', messages: [{ value: 'x' }] });
      await expect(unknown).rejects.toThrow(/does not host this topic-partition/);
    } finally {
      await producer.disconnect();
      await admin.disconnect();
    }
  });
});
