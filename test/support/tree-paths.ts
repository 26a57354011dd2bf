// Inclusion paths over leaves that are all at hand.
import { assemblePath, planInclusion } from '#libs/proof/tree-path.ts';
import { treeRoot } from '#libs/proof/tree.ts';
import { toHex } from '#libs/sm/hex.ts';
import { smSuite } from './sm-suite.ts';

export function pathOf(leaves: readonly Uint8Array[], index: number): string[] {
  const plan = planInclusion(BigInt(index), BigInt(leaves.length));
  const path = assemblePath(smSuite, plan, ({ level, index: place }) => {
    const size = 2 ** level;
    const start = Number(place) * size;
    return treeRoot(smSuite, leaves.slice(start, start + size));
  });
  return path.map(toHex);
}
