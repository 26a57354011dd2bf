/** SM3 by sm-crypto, without node modules: for the browser and as a second opinion. */
import smCrypto from 'sm-crypto';
import { concatBytes, fromHex } from '../hex.ts';

/** The 32-byte digest of the parts, one after the other. */
export function sm3Independent(...parts: readonly Uint8Array[]): Uint8Array {
  return fromHex(smCrypto.sm3(Array.from(concatBytes(...parts))));
}
