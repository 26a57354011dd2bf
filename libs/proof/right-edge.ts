/** Growing a tree by its right edge: the roots of the perfect subtrees, largest first. */
import { emptyRoot, nodeHash } from './tree.ts';
import type { Suite } from './suite.ts';

/** One node of a perfect subtree; level 0 are the leaves. */
export interface TreeNode {
  readonly level: number;
  readonly index: bigint;
  readonly hash: Uint8Array;
}

export interface RightEdge {
  readonly size: bigint;
  /** One hash for each 1-bit of the size, from the highest. */
  readonly hashes: readonly Uint8Array[];
}

export const emptyEdge: RightEdge = { size: 0n, hashes: [] };

export interface GrownTree {
  readonly edge: RightEdge;
  /** The perfect nodes above the leaves that came into being. */
  readonly nodes: readonly TreeNode[];
}

/** Appends leaf hashes in order. */
export function growTree(
  suite: Suite,
  edge: RightEdge,
  leafHashes: readonly Uint8Array[],
): GrownTree {
  const hashes = [...edge.hashes];
  const nodes: TreeNode[] = [];
  let size = edge.size;
  for (const leaf of leafHashes) {
    let hash = leaf;
    let level = 0;
    // Each trailing 1-bit of the size is a subtree that the new leaf completes to a larger one.
    for (let carry = size; (carry & 1n) === 1n; carry >>= 1n) {
      const left = hashes.pop();
      if (left === undefined) throw new RangeError('the right edge does not fit its size');
      hash = nodeHash(suite, left, hash);
      level += 1;
      nodes.push({ level, index: size >> BigInt(level), hash });
    }
    hashes.push(hash);
    size += 1n;
  }
  return { edge: { size, hashes }, nodes };
}

export function edgeRoot(suite: Suite, edge: RightEdge): Uint8Array {
  let root: Uint8Array | undefined;
  for (const hash of edge.hashes.toReversed()) {
    root = root === undefined ? hash : nodeHash(suite, hash, root);
  }
  return root ?? emptyRoot(suite);
}
