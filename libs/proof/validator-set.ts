/** Validator sets: their one encoding, hash and quorum. */
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { ByteReader, ByteWriter, EncodingFault } from './bytes.ts';
import type { Suite } from './suite.ts';

const LABEL = 'QJ-VALIDATORS';
const VERSION = 1;
const KEY_ID_BYTES = 16;
const PUBLIC_KEY_BYTES = 65;
export const VALIDATORS_MAX = 100;

/** A key somebody signs with. */
export interface PublicKey {
  /** The first 16 bytes of SM3 over the point, in lower-case hexadecimal. */
  readonly keyId: string;
  /** The uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array;
}

export interface Validator extends PublicKey {
  readonly weight: bigint;
}

/** In ascending order of key id, key ids distinct, weights positive. */
export type ValidatorSet = readonly Validator[];

export function keyIdOf(suite: Suite, publicKey: Uint8Array): string {
  return toHex(suite.sm3(publicKey).subarray(0, KEY_ID_BYTES));
}

export type ValidatorSetFault = 'validator-set-malformed';

/** Sorts and checks: 1 to 100 members, true key ids, no repeats, weights of 1 or more. */
export function makeValidatorSet(
  suite: Suite,
  members: readonly Validator[],
): Result<ValidatorSet, ValidatorSetFault> {
  if (members.length === 0 || members.length > VALIDATORS_MAX)
    return err('validator-set-malformed');
  const set = members.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
  const sound = set.every(
    (member, index) =>
      member.publicKey.length === PUBLIC_KEY_BYTES &&
      member.keyId === keyIdOf(suite, member.publicKey) &&
      member.keyId > (set[index - 1]?.keyId ?? '') &&
      member.weight >= 1n &&
      member.weight <= 0xffff_ffffn,
  );
  return sound ? ok(set) : err('validator-set-malformed');
}

export function encodeValidatorSet(set: ValidatorSet): Uint8Array {
  const writer = new ByteWriter().label(LABEL).u8(VERSION).u32(set.length);
  for (const member of set) {
    writer
      .bytes(fromHex(member.keyId), KEY_ID_BYTES)
      .bytes(member.publicKey, PUBLIC_KEY_BYTES)
      .u64(member.weight);
  }
  return writer.end();
}

export function decodeValidatorSet(
  suite: Suite,
  bytes: Uint8Array,
): Result<ValidatorSet, ValidatorSetFault> {
  try {
    const reader = new ByteReader(bytes);
    reader.label(LABEL);
    if (reader.u8() !== VERSION) return err('validator-set-malformed');
    const count = reader.u32();
    if (count > VALIDATORS_MAX) return err('validator-set-malformed');
    const members: Validator[] = [];
    for (let index = 0; index < count; index++) {
      members.push({
        keyId: toHex(reader.bytes(KEY_ID_BYTES)),
        publicKey: reader.bytes(PUBLIC_KEY_BYTES),
        weight: reader.u64(),
      });
    }
    reader.end();
    const set = makeValidatorSet(suite, members);
    const inOrder = set.ok && set.value.every((member, i) => member.keyId === members[i]?.keyId);
    return inOrder ? set : err('validator-set-malformed');
  } catch (fault) {
    if (fault instanceof EncodingFault) return err('validator-set-malformed');
    throw fault;
  }
}

export function validatorSetHash(suite: Suite, set: ValidatorSet): Uint8Array {
  return suite.sm3(encodeValidatorSet(set));
}

/** More than two thirds of the weight: 2f+1 of 3f+1. */
export function quorumWeight(set: ValidatorSet): bigint {
  return (2n * totalWeight(set)) / 3n + 1n;
}

export function totalWeight(set: ValidatorSet): bigint {
  return set.reduce((sum, member) => sum + member.weight, 0n);
}
