/** Bounds of a zip archive, checked by its directory and then by inflating, before any parser. */
import { inflateRawSync } from 'node:zlib';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';

export interface ZipBounds {
  readonly entriesMax: number;
  readonly inflatedBytesMax: number;
  readonly ratioMax: number;
}

export const workbookBounds: ZipBounds = {
  entriesMax: 256,
  inflatedBytesMax: 48 * 1024 * 1024,
  ratioMax: 200,
};

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type ZipRefusal = Refusal<'roster-not-a-workbook' | 'roster-compression-suspicious'>;

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const COMMENT_MAX = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** Small entries may be very regular without harm. */
const RATIO_FREE_BYTES = 1024 * 1024;

interface Listed {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly inflatedBytes: number;
  readonly offset: number;
}

/**
 * The entries, each inflated to no more than its directory claims and all within the bounds.
 * Errors: roster-not-a-workbook, roster-compression-suspicious.
 */
export function readZip(
  archive: Uint8Array,
  bounds: ZipBounds,
): Result<readonly ZipEntry[], ZipRefusal> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const listed = listEntries(bytes, bounds);
  if (!listed.ok) return listed;
  const entries: ZipEntry[] = [];
  for (const entry of listed.value) {
    const inflated = inflate(bytes, entry);
    if (inflated === undefined) return suspicious('size');
    entries.push({ name: entry.name, bytes: inflated });
  }
  return ok(entries);
}

function listEntries(bytes: Buffer, bounds: ZipBounds): Result<Listed[], ZipRefusal> {
  const end = findEnd(bytes);
  if (end === undefined) return refuse('roster-not-a-workbook');
  const count = bytes.readUInt16LE(end + 10);
  // 0xffff announces a zip64 directory, which no workbook within the bounds needs.
  if (count > bounds.entriesMax) return suspicious('entries');
  const entries: Listed[] = [];
  let at = bytes.readUInt32LE(end + 16);
  let total = 0;
  for (let left = count; left > 0; left -= 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      return refuse('roster-not-a-workbook');
    }
    const entry = readEntry(bytes, at);
    total += entry.inflatedBytes;
    if (total > bounds.inflatedBytesMax) return suspicious('size');
    const ratio = entry.inflatedBytes / Math.max(entry.packedBytes, 1);
    if (entry.inflatedBytes > RATIO_FREE_BYTES && ratio > bounds.ratioMax) {
      return suspicious('ratio');
    }
    entries.push(entry);
    at +=
      46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return ok(entries);
}

function readEntry(bytes: Buffer, at: number): Listed {
  const nameBytes = bytes.readUInt16LE(at + 28);
  return {
    name: bytes.toString('utf8', at + 46, at + 46 + nameBytes),
    method: bytes.readUInt16LE(at + 10),
    packedBytes: bytes.readUInt32LE(at + 20),
    inflatedBytes: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
}

function findEnd(bytes: Buffer): number | undefined {
  const lowest = Math.max(0, bytes.length - END_BYTES - COMMENT_MAX);
  for (let at = bytes.length - END_BYTES; at >= lowest; at -= 1) {
    if (bytes.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  return undefined;
}

/** Undefined where the entry lies about its size, overlaps the end or is packed in another way. */
function inflate(bytes: Buffer, entry: Listed): Uint8Array | undefined {
  const { offset, packedBytes, inflatedBytes, method } = entry;
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_SIGNATURE)
    return undefined;
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + packedBytes > bytes.length) return undefined;
  const packed = bytes.subarray(start, start + packedBytes);
  if (method === STORED) return packedBytes === inflatedBytes ? packed : undefined;
  if (method !== DEFLATED) return undefined;
  try {
    const inflated = inflateRawSync(packed, { maxOutputLength: Math.max(inflatedBytes, 1) });
    return inflated.length === inflatedBytes ? inflated : undefined;
  } catch {
    return undefined;
  }
}

function suspicious(reason: string): Result<never, ZipRefusal> {
  return refuse('roster-compression-suspicious', { reason });
}
