/** Chain records, version 1: the clear frame in front of the encrypted body, and its strict codec. */
import { err, ok, type Result } from '#libs/result/result.ts';
import { ByteReader, ByteWriter, EncodingFault, joinBytes } from './bytes.ts';
import { HASH_BYTES } from './suite.ts';

const VERSION = 1;
export const RECORD_BYTES_MAX = 1_048_576;
/** Versions and revisions fit a signed 32-bit integer in every store. */
const VERSION_MAX = 0x7fff_ffff;
const BODY_NONCE_BYTES = 12;
const BODY_TAG_BYTES = 16;
const BODY_BYTES_MIN = BODY_NONCE_BYTES + BODY_TAG_BYTES;
const OBJECT_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

export const RECORD_KIND = { object: 1, results: 2, governance: 3 } as const;

/** One lane per object family, so that a poisoned record in one does not stop the others. */
export const LANE = {
  subject: 1,
  account: 2,
  product: 3,
  transfer: 4,
  register: 5,
  settlement: 6,
  disclosure: 7,
  supervision: 8,
} as const;
export type LaneName = keyof typeof LANE;

/** Content types of the cross-chain data model; each has the number of its lane. */
export const OBJECT_CLASS = {
  subject: 1,
  account: 2,
  product: 3,
  transactionreport: 4,
  registration: 5,
  settlement: 6,
  infodisclosure: 7,
  supervision: 8,
} as const;
export type ObjectClass = keyof typeof OBJECT_CLASS;

export const OPERATION = { create: 1, update: 2, overwrite: 3, delete: 4 } as const;
export type Operation = keyof typeof OPERATION;

export interface ObjectFrame {
  readonly lane: number;
  /** From 1. */
  readonly laneSequence: bigint;
  readonly previousPacketHash: Uint8Array;
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
  readonly operation: Operation;
  readonly class: ObjectClass;
  /** SM3 of the sealed snapshot's canonical bytes. */
  readonly snapshotHash: Uint8Array;
  readonly fieldTreeRoot: Uint8Array;
}

export interface ObjectRecord {
  readonly kind: 'object';
  readonly frame: ObjectFrame;
  /** The bytes before the body: the associated data of its encryption. */
  readonly frameBytes: Uint8Array;
  /** Nonce (12) || SM4-GCM ciphertext || tag (16). */
  readonly body: Uint8Array;
}

/** A record whose content is canonical JSON: results and governance. */
export interface ClearRecord {
  readonly kind: 'results' | 'governance';
  readonly body: Uint8Array;
}

export type DecodedRecord = ObjectRecord | ClearRecord;

export type RecordFault = 'record-too-large' | 'record-malformed';

/** The clear frame. Errors: RangeError for fields that do not fit. */
export function encodeObjectFrame(frame: ObjectFrame): Uint8Array {
  if (!OBJECT_ID.test(frame.objectId)) throw new RangeError('not an object id');
  if (frame.laneSequence < 1n) throw new RangeError('lane sequences start from 1');
  if (Math.max(frame.version, frame.revision) > VERSION_MAX) throw new RangeError('version');
  return new ByteWriter()
    .u8(VERSION)
    .u8(RECORD_KIND.object)
    .u8(frame.lane)
    .u64(frame.laneSequence)
    .bytes(frame.previousPacketHash, HASH_BYTES)
    .shortText(frame.objectId)
    .u32(frame.version)
    .u32(frame.revision)
    .u8(OPERATION[frame.operation])
    .u8(OBJECT_CLASS[frame.class])
    .bytes(frame.snapshotHash, HASH_BYTES)
    .bytes(frame.fieldTreeRoot, HASH_BYTES)
    .end();
}

/** Frame and body as one record. Errors: RangeError for a body too short or too long. */
export function encodeObjectRecord(frameBytes: Uint8Array, body: Uint8Array): Uint8Array {
  if (body.length < BODY_BYTES_MIN) throw new RangeError('the body has no room for nonce and tag');
  return bounded(joinBytes([frameBytes, body]));
}

export function encodeClearRecord(kind: ClearRecord['kind'], body: Uint8Array): Uint8Array {
  return bounded(joinBytes([Uint8Array.of(VERSION, RECORD_KIND[kind]), body]));
}

/** Strict: what does not re-encode to the same bytes is refused. */
export function decodeRecord(bytes: Uint8Array): Result<DecodedRecord, RecordFault> {
  if (bytes.length > RECORD_BYTES_MAX) return err('record-too-large');
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8() !== VERSION) return err('record-malformed');
    switch (reader.u8()) {
      case RECORD_KIND.object:
        return ok(readObjectRecord(reader, bytes));
      case RECORD_KIND.results:
        return ok({ kind: 'results', body: reader.rest() });
      case RECORD_KIND.governance:
        return ok({ kind: 'governance', body: reader.rest() });
      default:
        return err('record-malformed');
    }
  } catch (fault) {
    if (fault instanceof EncodingFault) return err('record-malformed');
    throw fault;
  }
}

export function laneOfClass(objectClass: ObjectClass): number {
  return OBJECT_CLASS[objectClass];
}

function readObjectRecord(reader: ByteReader, bytes: Uint8Array): ObjectRecord {
  const frame: ObjectFrame = {
    lane: reader.u8(),
    laneSequence: reader.u64(),
    previousPacketHash: reader.bytes(HASH_BYTES),
    objectId: reader.shortText(),
    version: reader.u32(),
    revision: reader.u32(),
    operation: nameOf(OPERATION, reader.u8()),
    class: nameOf(OBJECT_CLASS, reader.u8()),
    snapshotHash: reader.bytes(HASH_BYTES),
    fieldTreeRoot: reader.bytes(HASH_BYTES),
  };
  if (!OBJECT_ID.test(frame.objectId)) throw new EncodingFault('not an object id');
  if (frame.lane < 1 || frame.lane > LANE.supervision) throw new EncodingFault('not a lane');
  if (frame.laneSequence < 1n) throw new EncodingFault('lane sequences start from 1');
  if (Math.max(frame.version, frame.revision) > VERSION_MAX) throw new EncodingFault('version');
  const frameBytes = bytes.slice(0, reader.offset);
  const body = reader.rest();
  if (body.length < BODY_BYTES_MIN) throw new EncodingFault('body too short');
  return { kind: 'object', frame, frameBytes, body };
}

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, code: number): Name {
  for (const name in names) {
    if (names[name] === code) return name;
  }
  throw new EncodingFault('unknown code');
}

function bounded(record: Uint8Array): Uint8Array {
  if (record.length > RECORD_BYTES_MAX) throw new RangeError('record too large');
  return record;
}
