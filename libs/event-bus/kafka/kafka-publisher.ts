/** Publishing to Kafka: one batch at a time, acknowledged by all replicas. */
import { CompressionTypes, Partitioners } from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import type { OutgoingMessage } from '../event-bus.ts';
import { outgoingChunks } from '../outgoing-chunks.ts';
import { RETRY } from './kafka-client.ts';

export interface KafkaPublisher {
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

export function createKafkaPublisher(kafka: Kafka): KafkaPublisher {
  let connected: Promise<Producer> | undefined;
  // A queue of one: two batches in flight could pass each other when the first is retried.
  let previous: Promise<void> = Promise.resolve();

  const send = async (topic: string, messages: readonly OutgoingMessage[]): Promise<void> => {
    connected ??= connectProducer(kafka);
    try {
      const producer = await connected;
      for (const chunk of outgoingChunks(messages)) await sendChunk(producer, topic, chunk);
    } catch (error) {
      const broken = connected;
      connected = undefined;
      await broken?.then((producer) => producer.disconnect()).catch(() => undefined);
      throw error;
    }
  };

  return {
    publish: (topic, messages) => {
      const sent = previous.then(() => send(topic, messages));
      previous = sent.catch(() => undefined);
      return sent;
    },
    close: async () => {
      await previous;
      await connected?.then((producer) => producer.disconnect()).catch(() => undefined);
    },
  };
}

async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: false,
    maxInFlightRequests: 1,
    retry: RETRY,
  });
  await producer.connect();
  return producer;
}

async function sendChunk(
  producer: Producer,
  topic: string,
  chunk: readonly OutgoingMessage[],
): Promise<void> {
  await producer.send({
    topic,
    acks: -1,
    timeout: 10_000,
    compression: CompressionTypes.None,
    messages: chunk.map((message) => ({
      key: message.key,
      value: Buffer.from(message.value),
      headers: { ...message.headers },
    })),
  });
}
