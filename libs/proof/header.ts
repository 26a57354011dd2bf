/** The canonical block header, version 1: fixed binary, hashed with SM3. */
import { err, ok, type Result } from '#libs/result/result.ts';
import { ByteReader, ByteWriter, EncodingFault } from './bytes.ts';
import { HASH_BYTES, type Suite } from './suite.ts';

const LABEL = 'QJ-HEADER';
const VERSION = 1;
const HEADER_BYTES_MAX = 1024;

export interface Header {
  readonly chainId: string;
  readonly height: bigint;
  readonly previousHeaderHash: Uint8Array;
  /** The root over this block's records alone. */
  readonly batchRoot: Uint8Array;
  /** The number of records up to and with this block. */
  readonly treeSize: bigint;
  readonly treeRoot: Uint8Array;
  /** The engine's time, never business time. Unit: milliseconds since 1970. */
  readonly timeMs: bigint;
  readonly laneTableRoot: Uint8Array;
  readonly validatorSetHash: Uint8Array;
  readonly nextValidatorSetHash: Uint8Array;
  readonly engine: string;
}

/** Errors: RangeError for a header whose fields do not fit the encoding. */
export function encodeHeader(header: Header): Uint8Array {
  return new ByteWriter()
    .label(LABEL)
    .u8(VERSION)
    .shortText(header.chainId)
    .u64(header.height)
    .bytes(header.previousHeaderHash, HASH_BYTES)
    .bytes(header.batchRoot, HASH_BYTES)
    .u64(header.treeSize)
    .bytes(header.treeRoot, HASH_BYTES)
    .u64(header.timeMs)
    .bytes(header.laneTableRoot, HASH_BYTES)
    .bytes(header.validatorSetHash, HASH_BYTES)
    .bytes(header.nextValidatorSetHash, HASH_BYTES)
    .shortText(header.engine)
    .end();
}

export type HeaderFault = 'header-malformed';

/** Strict: the one encoding of the header, nothing before or after. */
export function decodeHeader(bytes: Uint8Array): Result<Header, HeaderFault> {
  if (bytes.length > HEADER_BYTES_MAX) return err('header-malformed');
  try {
    return ok(readHeader(new ByteReader(bytes)));
  } catch (fault) {
    if (fault instanceof EncodingFault) return err('header-malformed');
    throw fault;
  }
}

/** What validators and witnesses sign. */
export function headerHash(suite: Suite, headerBytes: Uint8Array): Uint8Array {
  return suite.sm3(headerBytes);
}

function readHeader(reader: ByteReader): Header {
  reader.label(LABEL);
  if (reader.u8() !== VERSION) throw new EncodingFault('other version');
  const header = {
    chainId: reader.shortText(),
    height: reader.u64(),
    previousHeaderHash: reader.bytes(HASH_BYTES),
    batchRoot: reader.bytes(HASH_BYTES),
    treeSize: reader.u64(),
    treeRoot: reader.bytes(HASH_BYTES),
    timeMs: reader.u64(),
    laneTableRoot: reader.bytes(HASH_BYTES),
    validatorSetHash: reader.bytes(HASH_BYTES),
    nextValidatorSetHash: reader.bytes(HASH_BYTES),
    engine: reader.shortText(),
  };
  reader.end();
  return header;
}
