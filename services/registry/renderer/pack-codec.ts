/** The bytes of a pack: the sealed objects of one event, each after its length. */
import { concatBytes } from '#libs/sm/hex.ts';

export function encodePack(objects: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...objects.flatMap((bytes) => [length32(bytes), bytes]));
}

/** Undefined unless the bytes are exactly `count` objects. */
export function decodePack(pack: Uint8Array, count: number): readonly Uint8Array[] | undefined {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const objects: Uint8Array[] = [];
  let offset = 0;
  while (offset + 4 <= pack.length) {
    const end = offset + 4 + view.getUint32(offset);
    if (end > pack.length) return undefined;
    objects.push(pack.subarray(offset + 4, end));
    offset = end;
  }
  return offset === pack.length && objects.length === count ? objects : undefined;
}

function length32(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return length;
}
