/** What every repository here shares: plain bytes for pg, and the codes stored for names. */
import { OBJECT_CLASS, OPERATION, RECORD_KIND } from '#libs/proof/record-frame.ts';

/** pg wants Buffers; the memory is shared, nothing is copied. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Plain bytes of a driver's Buffer, so that values compare and encode alike everywhere. */
export function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

export type RecordKindName = keyof typeof RECORD_KIND;

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, code: number): Name {
  for (const name in names) {
    if (names[name] === code) return name;
  }
  throw new Error(`no name has the code ${code}`);
}

export const kindName = (code: number): RecordKindName => nameOf(RECORD_KIND, code);
export const operationName = (code: number) => nameOf(OPERATION, code);
export const className = (code: number) => nameOf(OBJECT_CLASS, code);
