/** Cuts a publication into pieces that a broker takes as one record batch. */
import { MAX_VALUE_BYTES } from './event-bus.ts';
import type { OutgoingMessage } from './event-bus.ts';

const MAX_MESSAGES = 500;
/** A record batch of one partition must stay below Kafka's 1 MiB, its frame included. */
const MAX_CHUNK_BYTES = 900_000;

/** Keeps the order; each piece holds one message at least. */
export function* outgoingChunks(
  messages: readonly OutgoingMessage[],
): Generator<readonly OutgoingMessage[]> {
  let chunk: OutgoingMessage[] = [];
  let chunkBytes = 0;
  for (const message of messages) {
    const bytes = messageBytes(message);
    const full = chunk.length >= MAX_MESSAGES || chunkBytes + bytes > MAX_CHUNK_BYTES;
    if (chunk.length > 0 && full) {
      yield chunk;
      chunk = [];
      chunkBytes = 0;
    }
    chunk.push(message);
    chunkBytes += bytes;
  }
  if (chunk.length > 0) yield chunk;
}

function messageBytes(message: OutgoingMessage): number {
  let bytes = message.value.byteLength + Buffer.byteLength(message.key) + 64;
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 8;
  }
  if (bytes > MAX_VALUE_BYTES) {
    throw new RangeError(`message of ${bytes} bytes is above the bus limit ${MAX_VALUE_BYTES}`);
  }
  return bytes;
}
