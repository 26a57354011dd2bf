/** The SM3 Merkle tree in the shape of RFC 6962 / RFC 9162: hashes, roots and proof checks. */
import { equalBytes } from './bytes.ts';
import { HASH_BYTES, type Suite } from './suite.ts';

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);
/** A path through 2^64 leaves has no more elements. */
const PATH_LENGTH_MAX = 64;
const CONSISTENCY_LENGTH_MAX = 65;

/** SM3(0x00 || record). */
export function leafHash(suite: Suite, record: Uint8Array): Uint8Array {
  return suite.sm3(LEAF_PREFIX, record);
}

/** SM3(0x01 || left || right). */
export function nodeHash(suite: Suite, left: Uint8Array, right: Uint8Array): Uint8Array {
  return suite.sm3(NODE_PREFIX, left, right);
}

/** The root of the tree without leaves: SM3 of nothing. */
export function emptyRoot(suite: Suite): Uint8Array {
  return suite.sm3();
}

/** The root over leaf hashes that are all at hand. */
export function treeRoot(suite: Suite, leafHashes: readonly Uint8Array[]): Uint8Array {
  let level = [...leafHashes];
  if (level.length === 0) return emptyRoot(suite);
  // Pairing from the left and carrying an odd last node up gives the RFC's split at a power of two.
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index];
      const right = level[index + 1];
      if (left === undefined) break;
      next.push(right === undefined ? left : nodeHash(suite, left, right));
    }
    level = next;
  }
  return level[0] ?? emptyRoot(suite);
}

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly leafIndex: bigint;
  readonly treeSize: bigint;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** RFC 9162 2.1.3.2. */
export function verifyInclusion(suite: Suite, claim: InclusionClaim): boolean {
  const { leafIndex, treeSize, path } = claim;
  if (leafIndex < 0n || leafIndex >= treeSize || path.length > PATH_LENGTH_MAX) return false;
  if (!allHashes([claim.leafHash, claim.root, ...path])) return false;
  let position = leafIndex;
  let last = treeSize - 1n;
  let hash = claim.leafHash;
  for (const sibling of path) {
    if (last === 0n) return false;
    if ((position & 1n) === 1n || position === last) {
      hash = nodeHash(suite, sibling, hash);
      while ((position & 1n) === 0n && position !== 0n) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = nodeHash(suite, hash, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(hash, claim.root);
}

export interface ConsistencyClaim {
  readonly fromSize: bigint;
  readonly fromRoot: Uint8Array;
  readonly toSize: bigint;
  readonly toRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** RFC 9162 2.1.4.2; the empty tree is a prefix of every tree, by an empty path. */
export function verifyConsistency(suite: Suite, claim: ConsistencyClaim): boolean {
  const { fromSize, toSize, path } = claim;
  if (fromSize < 0n || fromSize > toSize || path.length > CONSISTENCY_LENGTH_MAX) return false;
  if (!allHashes([claim.fromRoot, claim.toRoot, ...path])) return false;
  if (fromSize === toSize) return path.length === 0 && equalBytes(claim.fromRoot, claim.toRoot);
  if (fromSize === 0n) return path.length === 0 && equalBytes(claim.fromRoot, emptyRoot(suite));
  const isPower = (fromSize & (fromSize - 1n)) === 0n;
  const hashes = isPower ? [claim.fromRoot, ...path] : path;
  return climbConsistency(suite, claim, hashes);
}

function climbConsistency(
  suite: Suite,
  claim: ConsistencyClaim,
  hashes: readonly Uint8Array[],
): boolean {
  let position = claim.fromSize - 1n;
  let last = claim.toSize - 1n;
  while ((position & 1n) === 1n) {
    position >>= 1n;
    last >>= 1n;
  }
  const [first, ...rest] = hashes;
  if (first === undefined) return false;
  let from = first;
  let to = first;
  for (const hash of rest) {
    if (last === 0n) return false;
    if ((position & 1n) === 1n || position === last) {
      from = nodeHash(suite, hash, from);
      to = nodeHash(suite, hash, to);
      while ((position & 1n) === 0n && position !== 0n) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      to = nodeHash(suite, to, hash);
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(from, claim.fromRoot) && equalBytes(to, claim.toRoot);
}

function allHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
