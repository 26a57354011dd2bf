/** Publishing to the PostgreSQL bus, and the topics that this side owns there. */
import type { Pool } from 'pg';
import { DEFAULT_RETENTION_MS } from '../event-bus.ts';
import type { OutgoingMessage, TopicSpec } from '../event-bus.ts';
import { outgoingChunks } from '../outgoing-chunks.ts';
import { partitionOfKey } from '../partition-of-key.ts';

export interface PostgresPublisher {
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Names of the topics ensured so far. */
  ownTopics(): string[];
}

export function createPostgresPublisher(pool: Pool): PostgresPublisher {
  const partitionCounts = new Map<string, number>();
  const ensured = new Map<string, TopicSpec>();
  let isInDoubt = false;

  const partitionsOf = async (topic: string): Promise<number> => {
    const known = partitionCounts.get(topic) ?? (await readPartitions(pool, topic));
    partitionCounts.set(topic, known);
    return known;
  };

  const ensureTopics = async (topics: readonly TopicSpec[]): Promise<void> => {
    for (const topic of topics) {
      const { name, partitions, retentionMs = DEFAULT_RETENTION_MS } = topic;
      await pool.query('select bus.ensure_topic($1, $2, $3)', [name, partitions, retentionMs]);
      partitionCounts.set(name, partitions);
      ensured.set(name, topic);
    }
  };

  return {
    ensureTopics,
    ownTopics: () => [...ensured.keys()],
    publish: async (topic, messages) => {
      try {
        // After a fault the database may be another one, without our topics.
        if (isInDoubt) await ensureTopics([...ensured.values()]);
        for (const chunk of outgoingChunks(messages)) {
          await publishChunk(pool, topic, await partitionsOf(topic), chunk);
        }
        isInDoubt = false;
      } catch (error) {
        isInDoubt = true;
        partitionCounts.delete(topic);
        throw error;
      }
    },
  };
}

async function readPartitions(pool: Pool, topic: string): Promise<number> {
  const { rows } = await pool.query<{ partitions: number }>(
    'select partitions from bus.topic where name = $1',
    [topic],
  );
  const found = rows[0]?.partitions;
  if (found === undefined) throw new Error(`no such topic: ${topic}`);
  return found;
}

async function publishChunk(
  pool: Pool,
  topic: string,
  partitions: number,
  chunk: readonly OutgoingMessage[],
): Promise<void> {
  await pool.query('select bus.publish($1, $2::int[], $3::text[], $4::bytea[], $5::jsonb[])', [
    topic,
    chunk.map((message) => partitionOfKey(message.key, partitions)),
    chunk.map((message) => message.key),
    chunk.map((message) => Buffer.from(message.value)),
    chunk.map((message) => JSON.stringify(message.headers ?? {})),
  ]);
}
