/** The event bus on Kafka; kafkajs stays inside this folder. */
import { BusUnavailable } from '../event-bus.ts';
import type { BusHealth, EventBus, TopicSpec } from '../event-bus.ts';
import { reasonOf, withTimeout } from '../with-timeout.ts';
import { createAdminAccess, createKafkaClient } from './kafka-client.ts';
import type { KafkaClientOptions, WithAdmin } from './kafka-client.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { subscribeOnKafka } from './kafka-subscription.ts';
import type { KafkaSubscription } from './kafka-subscription.ts';
import { ensureTopics, readBounds, readOrigin } from './kafka-topics.ts';

const HEALTH_TIMEOUT_MS = 3_000;

export interface KafkaBusOptions extends KafkaClientOptions {
  readonly bootId: string;
}

export function createKafkaBus(options: KafkaBusOptions): EventBus {
  const kafka = createKafkaClient(options);
  const admin = createAdminAccess(kafka);
  const publisher = createKafkaPublisher(kafka);
  const subscriptions = new Set<KafkaSubscription>();
  const ensured = new Map<string, TopicSpec>();
  let lastFault: string | undefined;

  const publish: EventBus['publish'] = async (topic, messages) => {
    if (messages.length === 0) return;
    try {
      // After a fault the broker may have been wiped, and our topics with it.
      if (lastFault !== undefined) await ensureTopics(admin.use, [...ensured.values()]);
      await publisher.publish(topic, messages);
      lastFault = undefined;
    } catch (error) {
      if (error instanceof RangeError) throw error;
      lastFault = reasonOf(error);
      throw new BusUnavailable(`publishing to ${topic} failed`, { cause: error });
    }
  };

  return {
    publish,
    health: () => checkHealth(admin.use, lastFault, [...subscriptions]),
    subscribe: (wanted) => {
      const { log, bootId } = options;
      const subscription = subscribeOnKafka({
        ...wanted,
        kafka,
        withAdmin: admin.use,
        log,
        bootId,
      });
      subscriptions.add(subscription);
      const stop = async (): Promise<void> => {
        subscriptions.delete(subscription);
        await subscription.stop();
      };
      return Promise.resolve({ stop });
    },
    ensureTopics: async (topics) => {
      await ensureTopics(admin.use, topics);
      for (const topic of topics) ensured.set(topic.name, topic);
    },
    endOffsets: async (topic) => {
      const bounds = await readBounds(admin.use, topic);
      return new Map(bounds.map(({ partition, next }) => [partition, next]));
    },
    origin: () => readOrigin(admin.use),
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await publisher.close();
      await admin.close();
    },
  };
}

async function checkHealth(
  withAdmin: WithAdmin,
  lastFault: string | undefined,
  subscriptions: readonly KafkaSubscription[],
): Promise<BusHealth> {
  try {
    await withTimeout(readOrigin(withAdmin), HEALTH_TIMEOUT_MS);
  } catch (error) {
    return { ok: false, detail: `Kafka: ${reasonOf(error)}` };
  }
  if (lastFault !== undefined) return { ok: false, detail: `Kafka: ${lastFault}` };
  const isConsuming = subscriptions.every((subscription) => subscription.isRunning());
  if (!isConsuming) return { ok: false, detail: 'Kafka: a consumer is not running' };
  return { ok: true, detail: 'Kafka answers' };
}
