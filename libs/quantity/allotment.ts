/** Division of a whole amount in proportion to weights without losing or inventing a unit. */
import { assert } from '#libs/result/result.ts';

/**
 * Shares out `total` by the largest-remainder method; equal remainders go to the earlier place, so
 * that the caller's order decides. The parts sum to `total`.
 */
export function allotLargestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  assert(total >= 0n, 'an allotment cannot be negative');
  assert(
    weights.every((weight) => weight >= 0n),
    'a weight cannot be negative',
  );
  const weightTotal = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(weightTotal > 0n, 'an allotment needs a positive weight');

  const parts = weights.map((weight) => (total * weight) / weightTotal);
  const ranked = weights
    .map((weight, place) => ({ place, remainder: (total * weight) % weightTotal }))
    .sort((a, b) => compareDescending(a.remainder, b.remainder) || a.place - b.place);

  let rest = total - parts.reduce((sum, part) => sum + part, 0n);
  for (const { place } of ranked) {
    if (rest === 0n) break;
    parts[place] = (parts[place] ?? 0n) + 1n;
    rest -= 1n;
  }
  assert(parts.reduce((sum, part) => sum + part, 0n) === total, 'an allotment lost a unit');
  return parts;
}

function compareDescending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}
