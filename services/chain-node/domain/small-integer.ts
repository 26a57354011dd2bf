/** Places and counts that are bounded far below 2^53, as plain numbers. */
import { assert } from '#libs/result/result.ts';

const MAX = 2n ** 53n;

export function smallInteger(value: bigint): number {
  assert(value >= 0n && value < MAX, `${value} is no small integer`);
  return Number.parseInt(value.toString(), 10);
}
