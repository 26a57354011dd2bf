/** Every packet's record read again: its frame says what the columns must be, its lane what led to it. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { pages } from '#libs/fsck/pages.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { decodeRecord, LANE, type ObjectFrame } from '#libs/proof/record-frame.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import type { FsckParts } from './parts.ts';

interface StoredPacket {
  readonly chain_id: string;
  readonly lane: string;
  readonly sequence: bigint;
  readonly packet_hash: Uint8Array;
  readonly record_hash: Uint8Array;
  readonly record: Uint8Array;
  readonly leaf_index: bigint;
  readonly height: bigint;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly class: string;
  readonly operation: string;
  readonly snapshot_hash: Uint8Array;
  /** Of the header at the packet's height, and of the one before. */
  readonly size: bigint | null;
  readonly size_before: bigint | null;
}

const PACKETS = `
  select p.chain_id, p.lane, p.sequence, p.packet_hash, p.record_hash, p.record, p.leaf_index,
         p.height, p.object_id, p.version, p.revision, p.class, p.operation, p.snapshot_hash,
         h.tree_size as size, b.tree_size as size_before
    from packet p
    left join market_header h on h.chain_id = p.chain_id and h.height = p.height
    left join market_header b on b.chain_id = p.chain_id and b.height = p.height - 1
   where (p.chain_id, p.lane, p.sequence) > ($1, $2, $3)
   order by p.chain_id, p.lane, p.sequence limit $4`;

const LANES = 'select chain_id, lane, last_sequence, last_packet_hash from lane order by 1, 2';

const table = 'packet';

interface LaneEnd {
  readonly sequence: bigint;
  readonly hash: Uint8Array;
}

const start = (): LaneEnd => ({ sequence: 0n, hash: zeroHash() });

export async function* checkPackets(db: Executor, parts: FsckParts): AsyncGenerator<Difference> {
  const ends = new Map<string, LaneEnd>();
  const rows = pages<StoredPacket, readonly [string, string, string]>(db, {
    text: PACKETS,
    first: ['', '', '0'],
    keyOf: (row) => [row.chain_id, row.lane, row.sequence.toString()],
  });
  for await (const row of rows) {
    const lane = `${row.chain_id}/${row.lane}`;
    const hash = yield* checkPacket(parts, row, ends.get(lane) ?? start());
    ends.set(lane, { sequence: row.sequence, hash });
  }
  yield* checkLanes(db, parts, ends);
}

function* checkPacket(
  { suite, market }: FsckParts,
  row: StoredPacket,
  end: LaneEnd,
): Generator<Difference, Uint8Array> {
  const key = `${row.chain_id}/${row.lane}/${row.sequence}`;
  yield* compareStored(table, `${key} chain_id`, market.chainId, row.chain_id);
  yield* compareStored(table, `${key} sequence`, end.sequence + 1n, row.sequence);
  yield* checkHeight(row, key);
  const recordHash = leafHash(suite, row.record);
  yield* compareStored(table, `${key} record_hash`, recordHash, row.record_hash);
  const decoded = decodeRecord(row.record);
  if (!decoded.ok || decoded.value.kind !== 'object') {
    yield { table, key: `${key} record`, expected: 'an object record', found: 'another' };
    return row.packet_hash;
  }
  const { frame } = decoded.value;
  yield* checkFrame(row, key, frame);
  const { lane, laneSequence: sequence, previousPacketHash } = frame;
  yield* compareStored(table, `${key} record previous packet`, end.hash, previousPacketHash);
  const identity = { chainId: market.chainId, lane, sequence, previousPacketHash, recordHash };
  const hash = packetHash(suite, identity);
  yield* compareStored(table, `${key} packet_hash`, hash, row.packet_hash);
  return hash;
}

/** The block of a height holds the leaves between the trees of two headers. */
function* checkHeight(row: StoredPacket, key: string): Generator<Difference> {
  const { size, size_before: sizeBefore, leaf_index: leaf } = row;
  const isInBlock = size !== null && sizeBefore !== null && leaf >= sizeBefore && leaf < size;
  if (isInBlock) return;
  const expected = `a block with leaf ${leaf}`;
  yield* compareStored(table, `${key} height, leaf_index`, expected, row.height);
}

function* checkFrame(row: StoredPacket, key: string, frame: ObjectFrame): Generator<Difference> {
  const lane = Object.entries(LANE).find(([, number]) => number === frame.lane)?.[0] ?? null;
  yield* compareStored(table, `${key} lane`, lane, row.lane);
  yield* compareStored(table, `${key} sequence`, frame.laneSequence, row.sequence);
  yield* compareStored(table, `${key} object_id`, frame.objectId, row.object_id);
  yield* compareStored(table, `${key} version`, frame.version, row.version);
  yield* compareStored(table, `${key} revision`, frame.revision, row.revision);
  yield* compareStored(table, `${key} class`, frame.class, row.class);
  yield* compareStored(table, `${key} operation`, frame.operation, row.operation);
  yield* compareStored(table, `${key} snapshot_hash`, frame.snapshotHash, row.snapshot_hash);
}

async function* checkLanes(
  db: Executor,
  { market }: FsckParts,
  ends: ReadonlyMap<string, LaneEnd>,
): AsyncGenerator<Difference> {
  interface StoredLane {
    readonly chain_id: string;
    readonly lane: string;
    readonly last_sequence: bigint;
    readonly last_packet_hash: Uint8Array;
  }
  const rows = await prepared<StoredLane>(db, 'fsck_lanes', LANES, []);
  for (const row of rows) {
    const key = `${row.chain_id}/${row.lane}`;
    const end = ends.get(key) ?? start();
    yield* compareStored('lane', `${key} last_sequence`, end.sequence, row.last_sequence);
    yield* compareStored('lane', `${key} last_packet_hash`, end.hash, row.last_packet_hash);
  }
  const found = rows.map(({ chain_id: chain, lane }) => `${chain}/${lane}`).sort();
  const expected = Object.keys(LANE).map((lane) => `${market.chainId}/${lane}`);
  yield* compareStored('lane', 'rows', expected.sort().join(' '), found.join(' '));
}
