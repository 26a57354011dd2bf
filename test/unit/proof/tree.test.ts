// The tree against the published shapes of RFC 6962 and against a recomputation by its definition.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edgeRoot, emptyEdge, growTree, type TreeNode } from '#libs/proof/right-edge.ts';
import type { Suite } from '#libs/proof/suite.ts';
import {
  emptyRoot,
  leafHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '#libs/proof/tree.ts';
import { assemblePath, planConsistency, planEdge, planInclusion } from '#libs/proof/tree-path.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { smSuite } from '../../support/sm-suite.ts';

/** The tree shapes were published for SHA-256: the same code must give them with that hash. */
const sha256Suite: Suite = {
  sm3: (...parts) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  verifySm2: () => false,
};

// Certificate Transparency reference data (google/certificate-transparency, merkle tree tests).
const publishedLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(fromHex);
const publishedRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const publishedPaths = [
  {
    leafIndex: 0n,
    treeSize: 8n,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    leafIndex: 5n,
    treeSize: 8n,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
];

/** The root straight from the definition in RFC 6962 2.1, sharing no code with the library. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const hash = (...parts: Uint8Array[]) =>
    new Uint8Array(createHash('sm3').update(Buffer.concat(parts)).digest());
  if (leaves.length === 0) return hash();
  const [only] = leaves;
  if (leaves.length === 1 && only) return hash(Uint8Array.of(0), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = rootByDefinition(leaves.slice(0, split));
  return hash(Uint8Array.of(1), left, rootByDefinition(leaves.slice(split)));
}

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new TextEncoder().encode(`record ${index}`));
}

interface Stored {
  readonly nodes: ReadonlyMap<string, Uint8Array>;
  readonly hashes: readonly Uint8Array[];
}

function stored(suite: Suite, records: readonly Uint8Array[]): Stored {
  const hashes = records.map((record) => leafHash(suite, record));
  const leafNodes = hashes.map(
    (hash, index): TreeNode => ({ level: 0, index: BigInt(index), hash }),
  );
  const all = [...leafNodes, ...growTree(suite, emptyEdge, hashes).nodes];
  return { hashes, nodes: new Map(all.map((node) => [`${node.level}/${node.index}`, node.hash])) };
}

function pathFrom(suite: Suite, { nodes }: Stored, plan: ReturnType<typeof planInclusion>) {
  return assemblePath(suite, plan, ({ level, index }) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no node ${level}/${index}`);
    return hash;
  });
}

function prefixRoot({ hashes }: Stored, size: number): Uint8Array {
  return treeRoot(smSuite, hashes.slice(0, size));
}

describe('roots', () => {
  test('are the published ones of RFC 6962 when the hash is SHA-256', () => {
    const hashes = publishedLeaves.map((leaf) => leafHash(sha256Suite, leaf));
    const roots = publishedRoots.map((_, index) =>
      toHex(treeRoot(sha256Suite, hashes.slice(0, index + 1))),
    );
    expect(roots).toEqual(publishedRoots);
    expect(toHex(emptyRoot(sha256Suite))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('are those of the definition for every size to 70, grown by any cut of batches', () => {
    const records = leavesOf(70);
    const { hashes } = stored(smSuite, records);
    for (let size = 0; size <= records.length; size++) {
      const expected = toHex(rootByDefinition(records.slice(0, size)));
      expect(toHex(treeRoot(smSuite, hashes.slice(0, size)))).toBe(expected);
      const cut = Math.floor(size / 3);
      const first = growTree(smSuite, emptyEdge, hashes.slice(0, cut));
      const second = growTree(smSuite, first.edge, hashes.slice(cut, size));
      expect(toHex(edgeRoot(smSuite, second.edge))).toBe(expected);
      expect(second.edge.size).toBe(BigInt(size));
    }
  });

  test('come from stored nodes again after a restart', () => {
    const records = leavesOf(45);
    const store = stored(smSuite, records);
    const hashes = planEdge(45n).map(({ level, index }) => store.nodes.get(`${level}/${index}`));
    expect(hashes).toEqual(growTree(smSuite, emptyEdge, store.hashes).edge.hashes);
  });
});

describe('inclusion', () => {
  test.each(publishedPaths)('is the published path for leaf $leafIndex', (published) => {
    const store = stored(sha256Suite, publishedLeaves);
    const path = pathFrom(sha256Suite, store, planInclusion(published.leafIndex, 8n));
    expect(path.map(toHex)).toEqual(published.path);
    const leaf = publishedLeaves[Number(published.leafIndex)] ?? new Uint8Array();
    const claim = {
      leafHash: leafHash(sha256Suite, leaf),
      leafIndex: published.leafIndex,
      treeSize: published.treeSize,
      path,
      root: fromHex(publishedRoots[7] ?? ''),
    };
    expect(verifyInclusion(sha256Suite, claim)).toBe(true);
  });

  test('holds for every leaf of every size to 33, and for no other index, size, path or root', () => {
    const store = stored(smSuite, leavesOf(33));
    for (let size = 1; size <= 33; size++) {
      const root = prefixRoot(store, size);
      for (let index = 0; index < size; index++) {
        const path = pathFrom(smSuite, store, planInclusion(BigInt(index), BigInt(size)));
        const leaf = store.hashes[index] ?? new Uint8Array();
        const claim = {
          leafHash: leaf,
          leafIndex: BigInt(index),
          treeSize: BigInt(size),
          path,
          root,
        };
        expect(verifyInclusion(smSuite, claim)).toBe(true);
        expect(verifyInclusion(smSuite, { ...claim, leafIndex: BigInt(index + 1) })).toBe(false);
        expect(verifyInclusion(smSuite, { ...claim, root: leafHash(smSuite, root) })).toBe(false);
        expect(verifyInclusion(smSuite, { ...claim, path: [...path, root] })).toBe(false);
        if (size > 1) {
          expect(verifyInclusion(smSuite, { ...claim, path: path.slice(1) })).toBe(false);
        }
      }
    }
  });

  test('cannot be claimed outside the tree', () => {
    expect(() => planInclusion(4n, 4n)).toThrow(RangeError);
    const root = emptyRoot(smSuite);
    const claim = { leafHash: root, leafIndex: 0n, treeSize: 0n, path: [], root };
    expect(verifyInclusion(smSuite, claim)).toBe(false);
  });
});

describe('consistency', () => {
  test('holds between every two sizes to 33 and falls with any changed byte', () => {
    const store = stored(smSuite, leavesOf(33));
    for (let to = 0; to <= 33; to++) {
      for (let from = 0; from <= to; from++) {
        const path = pathFrom(smSuite, store, planConsistency(BigInt(from), BigInt(to)));
        const claim = {
          fromSize: BigInt(from),
          fromRoot: prefixRoot(store, from),
          toSize: BigInt(to),
          toRoot: prefixRoot(store, to),
          path,
        };
        expect(verifyConsistency(smSuite, claim), `${from} to ${to}`).toBe(true);
        const other = leafHash(smSuite, claim.fromRoot);
        expect(verifyConsistency(smSuite, { ...claim, fromRoot: other })).toBe(false);
        if (from > 0) expect(verifyConsistency(smSuite, { ...claim, toRoot: other })).toBe(false);
        expect(verifyConsistency(smSuite, { ...claim, path: [...path, other] })).toBe(false);
      }
    }
  });

  test('is refused between trees that share no prefix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), (to, cut, at) => {
        const from = 1 + (cut % (to - 1));
        const records = leavesOf(to);
        const before = stored(smSuite, records);
        records[at % from] = Uint8Array.of(1, 2, 3);
        const after = stored(smSuite, records);
        const claim = {
          fromSize: BigInt(from),
          fromRoot: prefixRoot(before, from),
          toSize: BigInt(to),
          toRoot: prefixRoot(after, to),
          path: pathFrom(smSuite, after, planConsistency(BigInt(from), BigInt(to))),
        };
        expect(verifyConsistency(smSuite, claim)).toBe(false);
        expect(verifyConsistency(smSuite, { ...claim, fromRoot: prefixRoot(after, from) })).toBe(
          true,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('is refused for a shrinking tree', () => {
    const root = emptyRoot(smSuite);
    const claim = { fromSize: 2n, fromRoot: root, toSize: 1n, toRoot: root, path: [] };
    expect(verifyConsistency(smSuite, claim)).toBe(false);
    expect(() => planConsistency(2n, 1n)).toThrow(RangeError);
  });
});
