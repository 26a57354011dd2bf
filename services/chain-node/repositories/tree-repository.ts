/** Nodes of the cumulative tree by their coordinates; leaves are the records' own hashes. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { RightEdge } from '#libs/proof/right-edge.ts';
import type { Suite } from '#libs/proof/suite.ts';
import {
  assemblePath,
  type NodeCoordinate,
  type PathPlan,
  planEdge,
} from '#libs/proof/tree-path.ts';
import { present } from '#libs/result/result.ts';
import { toBytes } from './rows.ts';

const FIND_NODES = `
  select 0::smallint as level, r.leaf_index as node_index, r.record_hash as hash
  from record r where r.leaf_index = any($3::bigint[])
  union all
  select n.level, n.node_index, n.hash
  from unnest($1::smallint[], $2::bigint[]) as c(level, node_index)
  join tree_node n on n.level = c.level and n.node_index = c.node_index`;

interface NodeRow {
  readonly level: number;
  readonly node_index: bigint;
  readonly hash: Buffer;
}

type Lookup = (coordinate: NodeCoordinate) => Uint8Array;

async function findNodes(db: Executor, wanted: readonly NodeCoordinate[]): Promise<Lookup> {
  const inner = wanted.filter((node) => node.level > 0);
  const leaves = wanted.filter((node) => node.level === 0);
  const rows = await prepared<NodeRow>(db, 'find_tree_nodes', FIND_NODES, [
    inner.map((node) => node.level),
    inner.map((node) => node.index),
    leaves.map((node) => node.index),
  ]);
  const hashes = new Map(rows.map((row) => [`${row.level}/${row.node_index}`, toBytes(row.hash)]));
  return ({ level, index }) => present(hashes.get(`${level}/${index}`), `node ${level}/${index}`);
}

export async function findPath(
  db: Executor,
  suite: Suite,
  plan: PathPlan,
): Promise<readonly Uint8Array[]> {
  return assemblePath(suite, plan, await findNodes(db, plan.flat()));
}

export async function findEdge(db: Executor, treeSize: bigint): Promise<RightEdge> {
  const plan = planEdge(treeSize);
  const lookup = await findNodes(db, plan);
  return { size: treeSize, hashes: plan.map(lookup) };
}
