/** Byte building blocks of the fixed binary encodings: writer, strict reader, base64, comparison. */

const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;
/** Printable ASCII: names on the chain have one spelling in every encoding. */
const ASCII = /^[\x21-\x7e]+$/;
const SHORT_TEXT_BYTES_MAX = 255;

/** The bytes do not follow the encoding; never leaves a codec. */
export class EncodingFault extends Error {
  override readonly name = 'EncodingFault';
}

/** Big-endian, unpadded. Errors: RangeError for what a field cannot hold. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  bytes(value: Uint8Array, length = value.length): this {
    if (value.length !== length) throw new RangeError(`${length} bytes expected`);
    this.#parts.push(value);
    return this;
  }

  u8(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError('not a u8');
    this.#parts.push(Uint8Array.of(value));
    return this;
  }

  u32(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > U32_MAX) throw new RangeError('not a u32');
    const part = new Uint8Array(4);
    new DataView(part.buffer).setUint32(0, value);
    this.#parts.push(part);
    return this;
  }

  u64(value: bigint): this {
    if (value < 0n || value > U64_MAX) throw new RangeError('not a u64');
    const part = new Uint8Array(8);
    new DataView(part.buffer).setBigUint64(0, value);
    this.#parts.push(part);
    return this;
  }

  /** A label that is part of the format: no length in front. */
  label(text: string): this {
    return this.bytes(asciiBytes(text));
  }

  /** One length byte, then 1 to 255 bytes of printable ASCII. */
  shortText(text: string): this {
    const value = asciiBytes(text);
    if (value.length > SHORT_TEXT_BYTES_MAX) throw new RangeError('text too long');
    return this.u8(value.length).bytes(value);
  }

  end(): Uint8Array {
    return joinBytes(this.#parts);
  }
}

/** Reads what ByteWriter writes. Errors: EncodingFault. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    // A plain view: `slice` of a Node Buffer would not copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get offset(): number {
    return this.#offset;
  }

  bytes(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new EncodingFault('bytes missing');
    const value = this.#bytes.slice(this.#offset, end);
    this.#offset = end;
    return value;
  }

  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#offset);
  }

  u8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  u32(): number {
    return new DataView(this.bytes(4).buffer).getUint32(0);
  }

  u64(): bigint {
    return new DataView(this.bytes(8).buffer).getBigUint64(0);
  }

  label(text: string): void {
    const expected = asciiBytes(text);
    if (!equalBytes(this.bytes(expected.length), expected)) throw new EncodingFault('other label');
  }

  shortText(): string {
    const text = String.fromCharCode(...this.bytes(this.u8()));
    if (!ASCII.test(text)) throw new EncodingFault('not printable ASCII');
    return text;
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw new EncodingFault('bytes left over');
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function asciiBytes(text: string): Uint8Array {
  if (!ASCII.test(text)) throw new RangeError('not printable ASCII');
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const BASE64_CHUNK_BYTES = 0x2000;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += BASE64_CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BASE64_CHUNK_BYTES));
  }
  return btoa(binary);
}

/** Undefined unless the text is the one padded base64 spelling of its bytes. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    if (btoa(binary) !== text) return undefined;
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const HASH_HEX = /^[0-9a-f]{64}$/;

export function isHashHex(text: string): boolean {
  return HASH_HEX.test(text);
}
