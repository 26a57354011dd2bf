/** The partition of a key: murmur2 as Kafka's default partitioner uses it, on both adapters. */

const M = 0x5bd1e995;
const SEED = 0x9747b28c;

/** Same key and same number of partitions, same partition, for ever. */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tail = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < tail; at += 4) {
    let k = Math.imul(view.getInt32(at, true), M);
    k = Math.imul(k ^ (k >>> 24), M);
    hash = Math.imul(hash, M) ^ k;
  }
  const rest = bytes.length - tail;
  if (rest === 3) hash ^= view.getUint8(tail + 2) << 16;
  if (rest >= 2) hash ^= view.getUint8(tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ view.getUint8(tail), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
