/** The SM2 curve of GB/T 32918.5-2017 and the checks on its points; browser-safe. */
import { bytesToInteger, concatBytes, fromHex } from './hex.ts';

export const SM2_P_HEX = 'fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff';
export const SM2_A_HEX = 'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc';
export const SM2_B_HEX = '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93';
export const SM2_N_HEX = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
export const SM2_GX_HEX = '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7';
export const SM2_GY_HEX = 'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0';

export const SM2_N = BigInt(`0x${SM2_N_HEX}`);
const P = BigInt(`0x${SM2_P_HEX}`);
const A = BigInt(`0x${SM2_A_HEX}`);
const B = BigInt(`0x${SM2_B_HEX}`);

/** The user id that GM/T 0009 prescribes where parties agree on none; we use no other. */
export const SM2_USER_ID = '1234567812345678';

/** An uncompressed point, 65 bytes: 0x04, x, y. */
export type Sm2PublicKey = Uint8Array;

export const SM2_PUBLIC_KEY_BYTES = 65;

export function isOnSm2Curve(x: bigint, y: bigint): boolean {
  if (x < 0n || y < 0n || x >= P || y >= P) return false;
  return (y * y - (x * x * x + A * x + B)) % P === 0n;
}

export function isSm2PublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== SM2_PUBLIC_KEY_BYTES || bytes[0] !== 0x04) return false;
  return isOnSm2Curve(bytesToInteger(bytes.subarray(1, 33)), bytesToInteger(bytes.subarray(33)));
}

const idBytes = new TextEncoder().encode(SM2_USER_ID);

const Z_PREFIX = concatBytes(
  Uint8Array.of(0, 8 * idBytes.length),
  idBytes,
  fromHex(SM2_A_HEX + SM2_B_HEX + SM2_GX_HEX + SM2_GY_HEX),
);

/** What SM3 turns into Z (GB/T 32918.2, 5.5): id length in bits, id, curve, public key. */
export function zInput(publicKey: Sm2PublicKey): Uint8Array {
  return concatBytes(Z_PREFIX, publicKey.subarray(1));
}
