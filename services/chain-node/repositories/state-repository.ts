/** The application's state as the store holds it: after the last record, or after a block. */
import type {
  ChainState,
  ObjectHead,
  ObjectHeads,
  RecordState,
} from '#libs/chain-application/state.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import type { LaneTable } from '#libs/proof/lane-table.ts';
import { OPERATION } from '#libs/proof/record-frame.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { decodeValidatorSet, type ValidatorSet } from '#libs/proof/validator-set.ts';
import { expectOk, present } from '#libs/result/result.ts';
import { findBlock } from './block-repository.ts';
import { toBytes } from './rows.ts';
import { findEdge } from './tree-repository.ts';

/** Above every leaf that there can be. */
export const ALL_LEAVES = 2n ** 62n;

interface SetRow {
  readonly change: bigint;
  readonly validators: Buffer;
}

export interface SetInForce {
  readonly validators: ValidatorSet;
  readonly setChanges: bigint;
}

/** The set after every change recorded in front of the leaf. */
export async function findSetBefore(
  db: Executor,
  suite: Suite,
  genesis: Genesis,
  leafIndex: bigint,
): Promise<SetInForce> {
  const [row] = await prepared<SetRow>(
    db,
    'find_set_before',
    `select change, validators from set_change where leaf_index < $1
     order by change desc limit 1`,
    [leafIndex],
  );
  if (row === undefined) return { validators: genesis.validators, setChanges: 0n };
  const validators = decodeValidatorSet(suite, toBytes(row.validators));
  return { validators: expectOk(validators, 'a validator set'), setChanges: row.change };
}

interface LaneRow {
  readonly lane: number;
  readonly lane_sequence: bigint;
  readonly packet_hash: Buffer;
}

/** The last packet of each lane in front of the leaf. */
export async function findLanesBefore(db: Executor, leafIndex: bigint): Promise<LaneTable> {
  const rows = await prepared<LaneRow>(
    db,
    'find_lanes_before',
    `select l.lane::smallint as lane, o.lane_sequence, o.packet_hash
     from generate_series(1, 8) as l(lane)
     cross join lateral (
       select lane_sequence, packet_hash from object_record
       where lane = l.lane and leaf_index < $1
       order by lane_sequence desc limit 1) as o
     order by l.lane`,
    [leafIndex],
  );
  return rows.map((row) => ({
    lane: row.lane,
    lastSequence: row.lane_sequence,
    lastPacketHash: toBytes(row.packet_hash),
  }));
}

/** The state that the next appended record is judged by. */
export async function loadRecordState(
  db: Executor,
  suite: Suite,
  genesis: Genesis,
): Promise<RecordState> {
  const set = await findSetBefore(db, suite, genesis, ALL_LEAVES);
  const lanes = await findLanesBefore(db, ALL_LEAVES);
  return { chainId: genesis.chainId, lanes, ...set };
}

/** The state behind a stored block. */
export async function loadChainState(
  db: Executor,
  suite: Suite,
  genesis: Genesis,
  height: bigint,
): Promise<ChainState> {
  const block = present(await findBlock(db, height), `block ${height}`);
  const set = await findSetBefore(db, suite, genesis, block.header.treeSize);
  return {
    chainId: genesis.chainId,
    engine: genesis.engine,
    height,
    headerHash: block.headerHash,
    timeMs: block.header.timeMs,
    edge: await findEdge(db, block.header.treeSize),
    lanes: block.lanes,
    ...set,
  };
}

export interface ObjectsWanted {
  readonly objectIds: readonly string[];
  /** The versions that the batch overwrites. */
  readonly overwritten: readonly { readonly objectId: string; readonly version: number }[];
  /** Only records in front of this leaf count. */
  readonly beforeLeafIndex: bigint;
}

const FIND_HEADS = `
  select w.object_id, latest.version as latest_version, last.version as last_version,
    last.operation as last_operation
  from unnest($1::text[]) as w(object_id)
  cross join lateral (
    select version from object_record
    where object_id = w.object_id and leaf_index < $2
    order by version desc, revision desc limit 1) as latest
  cross join lateral (
    select version, operation from object_record
    where object_id = w.object_id and leaf_index < $2
    order by leaf_index desc limit 1) as last`;

const FIND_REVISIONS = `
  select w.object_id, w.version, max(o.revision) as revision
  from unnest($1::text[], $2::integer[]) as w(object_id, version)
  join object_record o on o.object_id = w.object_id and o.version = w.version and o.leaf_index < $3
  group by w.object_id, w.version`;

interface HeadRow {
  readonly object_id: string;
  readonly latest_version: number;
  readonly last_version: number;
  readonly last_operation: number;
}

interface RevisionRow {
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
}

/** Two statements, whatever the size of the batch. */
export async function loadObjectHeads(db: Executor, wanted: ObjectsWanted): Promise<ObjectHeads> {
  const { beforeLeafIndex, objectIds, overwritten } = wanted;
  if (objectIds.length === 0) return new Map();
  const heads = await prepared<HeadRow>(db, 'find_object_heads', FIND_HEADS, [
    objectIds,
    beforeLeafIndex,
  ]);
  const revisions = new Map<string, Map<number, number>>();
  if (overwritten.length > 0) {
    const rows = await prepared<RevisionRow>(db, 'find_object_revisions', FIND_REVISIONS, [
      overwritten.map((each) => each.objectId),
      overwritten.map((each) => each.version),
      beforeLeafIndex,
    ]);
    for (const row of rows) {
      const known = revisions.get(row.object_id) ?? new Map<number, number>();
      revisions.set(row.object_id, known.set(row.version, row.revision));
    }
  }
  return new Map(heads.map((row) => [row.object_id, toHead(row, revisions.get(row.object_id))]));
}

function toHead(row: HeadRow, revisions: ReadonlyMap<number, number> | undefined): ObjectHead {
  const owes = row.last_operation === OPERATION.overwrite && row.last_version < row.latest_version;
  return {
    latestVersion: row.latest_version,
    isDeleted: row.last_operation === OPERATION.delete,
    owedVersion: owes ? row.last_version + 1 : undefined,
    revisions: revisions ?? new Map<number, number>(),
  };
}
