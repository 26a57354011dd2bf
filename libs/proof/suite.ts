/** The cryptography that proofs need, handed in so that one verifier runs in Node and browsers. */

export interface Suite {
  /** SM3 of the parts, one after the other. */
  sm3(...parts: readonly Uint8Array[]): Uint8Array;
  /** SM2 with SM3 and the standard user id; every fault of any input is false. */
  verifySm2(publicKey: Uint8Array, message: Uint8Array, signatureDer: Uint8Array): boolean;
}

export const HASH_BYTES = 32;

export function zeroHash(): Uint8Array {
  return new Uint8Array(HASH_BYTES);
}
