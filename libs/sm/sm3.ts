/** SM3 digest (GB/T 32905-2016) and HMAC-SM3, by node:crypto. */
import { createHash, createHmac } from 'node:crypto';

export const SM3_BYTES = 32;

/** The 32-byte digest of the parts, one after the other, without copying them together. */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sm3');
  for (const part of parts) hash.update(part);
  return plainBytes(hash.digest());
}

/** The digest as 64 lower-case hexadecimal digits. */
export function sm3Hex(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sm3');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The 32-byte HMAC-SM3 of the parts, one after the other. */
export function hmacSm3(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('sm3', key);
  for (const part of parts) hmac.update(part);
  return plainBytes(hmac.digest());
}

/** The same memory without Buffer's own methods, so that results compare as plain bytes. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
