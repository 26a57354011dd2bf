// Splits an envelope above the message limit into CHUNK payloads and puts them together again.
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import { fromBase64, type PayloadOf, toBase64 } from './envelope.ts';

/** Payloads above this travel as chunks, so that 1 MiB messages are enough. Unit: bytes. */
export const wholeBytesMax = 512 * 1024;
const chunkBytes = 384 * 1024;
const chunksMax = 64;
const openMax = 32;

export function splitIntoChunks(bytes: Uint8Array): readonly PayloadOf<'CHUNK'>[] {
  const count = Math.ceil(bytes.byteLength / chunkBytes);
  if (count > chunksMax) throw new RangeError('a lane message is at most 24 MiB');
  const digest = sm3Hex(bytes);
  return Array.from({ length: count }, (_, index) => ({
    digest,
    index: index.toString(),
    count: count.toString(),
    bytes: toBase64(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  }));
}

/**
 * Collects chunks until a whole message is there. Bounded: at most 32 unfinished messages, the
 * oldest gives way (its sender is asked again by the gap rule).
 */
export class ChunkAssembly {
  readonly #open = new Map<string, (Uint8Array | undefined)[]>();

  /** The whole bytes when this chunk completes them; undefined before, or if the digest is wrong. */
  add(chunk: PayloadOf<'CHUNK'>): Uint8Array | undefined {
    const count = Number(chunk.count);
    const index = Number(chunk.index);
    if (count < 1 || count > chunksMax || index >= count) return undefined;
    const parts = this.#open.get(chunk.digest) ?? new Array<undefined>(count).fill(undefined);
    if (parts.length !== count) return undefined;
    parts[index] = fromBase64(chunk.bytes);
    this.#open.set(chunk.digest, parts);
    if (this.#open.size > openMax) this.#dropOldest();
    const whole = parts.filter((part) => part !== undefined);
    if (whole.length < count) return undefined;
    this.#open.delete(chunk.digest);
    const bytes = Buffer.concat(whole);
    return Buffer.from(sm3(bytes)).toString('hex') === chunk.digest ? bytes : undefined;
  }

  #dropOldest(): void {
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#open.delete(oldest);
  }
}
