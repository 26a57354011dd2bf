/** Strict DER (X.690) for the few SM2 structures of GM/T 0009, in and out; browser-safe. */
import { bytesToInteger, concatBytes, fromHex } from './hex.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;

/** One element read from DER: its content, and what follows it. */
interface Element {
  readonly content: Uint8Array;
  readonly rest: Uint8Array;
}

export type DerValue = bigint | Uint8Array;

/** A sequence of non-negative integers and octet strings, in minimal encoding. */
export function encodeSequence(...values: readonly DerValue[]): Uint8Array {
  return encodeElement(SEQUENCE, concatBytes(...values.map(encodeValue)));
}

/** The kinds that a sequence must hold, in order. */
export type DerKind = 'integer' | 'octets';

/**
 * The members of exactly one sequence with exactly these kinds.
 * Undefined for anything else: another tag, a longer than minimal length or integer, a negative
 * integer, bytes missing or left over.
 */
export function decodeSequence(
  der: Uint8Array,
  kinds: readonly DerKind[],
): readonly DerValue[] | undefined {
  const outer = readElement(der, SEQUENCE);
  if (outer === undefined || outer.rest.length > 0) return undefined;
  const values: DerValue[] = [];
  let rest = outer.content;
  for (const kind of kinds) {
    const element = readElement(rest, kind === 'integer' ? INTEGER : OCTET_STRING);
    if (element === undefined) return undefined;
    const value = kind === 'integer' ? decodeInteger(element.content) : element.content;
    if (value === undefined) return undefined;
    values.push(value);
    rest = element.rest;
  }
  return rest.length === 0 ? values : undefined;
}

function encodeValue(value: DerValue): Uint8Array {
  if (typeof value !== 'bigint') return encodeElement(OCTET_STRING, value);
  if (value < 0n) throw new RangeError('negative integer');
  const digits = value.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  // A set top bit would read as a sign.
  const signed = (bytes[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes;
  return encodeElement(INTEGER, signed);
}

function encodeElement(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(tag), encodeLength(content.length), content);
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = length.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  return concatBytes(Uint8Array.of(0x80 | bytes.length), bytes);
}

function readElement(bytes: Uint8Array, tag: number): Element | undefined {
  const first = bytes[1];
  if (bytes[0] !== tag || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || first === 0x80) return undefined;
  const start = 2 + lengthBytes;
  if (bytes.length < start) return undefined;
  const length = first < 0x80 ? first : longLength(bytes.subarray(2, start));
  if (length === undefined || bytes.length - start < length) return undefined;
  return { content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
}

function longLength(bytes: Uint8Array): number | undefined {
  if (bytes[0] === 0) return undefined;
  const length = bytes.reduce((sum, byte) => 256 * sum + byte, 0);
  return length < 0x80 ? undefined : length;
}

function decodeInteger(content: Uint8Array): bigint | undefined {
  const [first, second] = content;
  if (first === undefined || first >= 0x80) return undefined;
  if (first === 0 && second !== undefined && second < 0x80) return undefined;
  return bytesToInteger(content);
}
