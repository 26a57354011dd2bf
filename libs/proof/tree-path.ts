/** Making inclusion and consistency paths from stored perfect nodes, by plan, then assembly. */
import type { Suite } from './suite.ts';
import { nodeHash } from './tree.ts';

export interface NodeCoordinate {
  readonly level: number;
  readonly index: bigint;
}

/** The coordinates to fetch: each path element is the root over one or several perfect nodes. */
export type PathPlan = readonly (readonly NodeCoordinate[])[];

/** RFC 9162 2.1.3.1. Errors: RangeError unless the leaf lies in the tree. */
export function planInclusion(leafIndex: bigint, treeSize: bigint): PathPlan {
  if (leafIndex < 0n || leafIndex >= treeSize) throw new RangeError('leaf outside the tree');
  const plan: NodeCoordinate[][] = [];
  let start = 0n;
  let size = treeSize;
  while (size > 1n) {
    const split = splitPoint(size);
    if (leafIndex - start < split) {
      plan.push(perfectNodes(start + split, size - split));
      size = split;
    } else {
      plan.push(perfectNodes(start, split));
      start += split;
      size -= split;
    }
  }
  return plan.toReversed();
}

/** RFC 9162 2.1.4.1. Errors: RangeError unless 0 <= from <= to. */
export function planConsistency(fromSize: bigint, toSize: bigint): PathPlan {
  if (fromSize < 0n || fromSize > toSize) throw new RangeError('not a prefix size');
  if (fromSize === 0n || fromSize === toSize) return [];
  const plan: NodeCoordinate[][] = [];
  let start = 0n;
  let size = toSize;
  let wanted = fromSize;
  // A subtree of the old tree that is whole in the new one is known to the verifier.
  let known = true;
  while (wanted !== size) {
    const split = splitPoint(size);
    if (wanted <= split) {
      plan.push(perfectNodes(start + split, size - split));
      size = split;
    } else {
      plan.push(perfectNodes(start, split));
      start += split;
      size -= split;
      wanted -= split;
      known = false;
    }
  }
  if (!known) plan.push(perfectNodes(start, size));
  return plan.toReversed();
}

/** The perfect nodes that make up the right edge of a tree. */
export function planEdge(treeSize: bigint): readonly NodeCoordinate[] {
  return perfectNodes(0n, treeSize);
}

/** Puts fetched hashes together. Errors: whatever `lookup` throws for a hash it lacks. */
export function assemblePath(
  suite: Suite,
  plan: PathPlan,
  lookup: (coordinate: NodeCoordinate) => Uint8Array,
): readonly Uint8Array[] {
  return plan.map((coordinates) =>
    coordinates.map(lookup).reduceRight((right, left) => nodeHash(suite, left, right)),
  );
}

/** The largest power of two below size. */
function splitPoint(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}

/** Start is a multiple of every subtree size met, because splits are at powers of two. */
function perfectNodes(start: bigint, size: bigint): NodeCoordinate[] {
  const nodes: NodeCoordinate[] = [];
  let position = start;
  let rest = size;
  while (rest > 0n) {
    const level = rest.toString(2).length - 1;
    nodes.push({ level, index: position >> BigInt(level) });
    position += 1n << BigInt(level);
    rest -= 1n << BigInt(level);
  }
  return nodes;
}
