import { Partitioners } from 'kafkajs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partitionOfKey } from '#libs/event-bus/partition-of-key.ts';

const partitioner = Partitioners.DefaultPartitioner();

function partitionOnKafka(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  return partitioner({ topic: 't', partitionMetadata, message: { key, value: null } });
}

it('puts every key where the Kafka partitioner puts it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 64 }), (key, count) => {
      fc.pre(key !== '');
      expect(partitionOfKey(key, count)).toBe(partitionOnKafka(key, count));
    }),
    { numRuns: 2_000 },
  );
});
