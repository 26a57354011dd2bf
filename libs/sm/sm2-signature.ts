/** The DER form of an SM2 signature (GM/T 0009) and the range checks of GB/T 32918.2. */
import { decodeSequence } from './der.ts';
import { SM2_N } from './sm2-curve.ts';

/** Two integers of 33 bytes at most, with their heads. */
const SIGNATURE_BYTES_MAX = 72;

export interface Sm2Signature {
  readonly r: bigint;
  readonly s: bigint;
}

/** Undefined unless strict DER of r and s in [1, n-1] with r + s different from n. */
export function decodeSm2Signature(der: Uint8Array): Sm2Signature | undefined {
  if (der.length > SIGNATURE_BYTES_MAX) return undefined;
  const values = decodeSequence(der, ['integer', 'integer']);
  const [r, s] = values ?? [];
  if (typeof r !== 'bigint' || typeof s !== 'bigint') return undefined;
  if (!isScalar(r) || !isScalar(s) || r + s === SM2_N) return undefined;
  return { r, s };
}

function isScalar(value: bigint): boolean {
  return value >= 1n && value < SM2_N;
}
