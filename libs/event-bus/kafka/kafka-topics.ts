/** Topics, bounds and identity of a Kafka cluster. */
import { DEFAULT_RETENTION_MS } from '../event-bus.ts';
import type { TopicSpec } from '../event-bus.ts';
import type { WithAdmin } from './kafka-client.ts';
import type { PartitionBounds } from '../start-offset.ts';

export async function readOrigin(withAdmin: WithAdmin): Promise<string> {
  const { clusterId } = await withAdmin((admin) => admin.describeCluster());
  return `kafka:${clusterId}`;
}

export async function readBounds(withAdmin: WithAdmin, topic: string): Promise<PartitionBounds[]> {
  const offsets = await withAdmin((admin) => admin.fetchTopicOffsets(topic));
  return offsets.map(({ partition, low, high }) => ({
    partition,
    first: BigInt(low),
    next: BigInt(high),
  }));
}

export async function ensureTopics(
  withAdmin: WithAdmin,
  topics: readonly TopicSpec[],
): Promise<void> {
  if (topics.length === 0) return;
  await withAdmin(async (admin) => {
    const standing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !standing.has(topic.name));
    if (missing.length > 0) {
      // False means that another process made them meanwhile, which the check below covers.
      await admin.createTopics({ topics: missing.map(topicConfig), waitForLeaders: true });
    }
    const names = topics.map((topic) => topic.name);
    const metadata = await admin.fetchTopicMetadata({ topics: names });
    for (const topic of topics) {
      const found = metadata.topics.find(({ name }) => name === topic.name)?.partitions.length;
      if (found !== topic.partitions) {
        throw new Error(
          `topic ${topic.name} stands with ${found ?? 0} partitions, not ${topic.partitions}`,
        );
      }
    }
  });
}

function topicConfig(topic: TopicSpec): {
  topic: string;
  numPartitions: number;
  replicationFactor: number;
  configEntries: { name: string; value: string }[];
} {
  return {
    topic: topic.name,
    numPartitions: topic.partitions,
    // The broker's default, which an operator sets to the size of the cluster.
    replicationFactor: -1,
    configEntries: [
      { name: 'retention.ms', value: String(topic.retentionMs ?? DEFAULT_RETENTION_MS) },
      { name: 'cleanup.policy', value: 'delete' },
    ],
  };
}
