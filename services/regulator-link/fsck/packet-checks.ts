// Reads every packet's record again: its frame says what the columns must be, its path where it
// stands.
import type { Executor } from '#libs/db/database.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { decodeRecord, type ObjectFrame } from '#libs/proof/record-frame.ts';
import { type Suite, zeroHash } from '#libs/proof/suite.ts';
import { leafHash, verifyInclusion } from '#libs/proof/tree.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { hashesIn } from '../lanes/outgoing.ts';
import { pages } from '#libs/fsck/pages.ts';

export interface PacketParts {
  readonly suite: Suite;
  readonly chainId: string;
}

interface StoredPacket {
  readonly lane: number;
  readonly sequence: bigint;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly event_id: string;
  readonly announced_by: string;
  readonly class: string;
  readonly operation: string;
  readonly snapshot_hash: Uint8Array;
  readonly field_tree_root: Uint8Array;
  readonly previous_packet_hash: Uint8Array;
  readonly packet_hash: Uint8Array;
  readonly record_hash: Uint8Array;
  readonly record: Uint8Array;
  readonly state: string;
  readonly leaf_index: bigint | null;
  readonly inclusion_path: Uint8Array | null;
  readonly header: Uint8Array | null;
}

const PACKETS = `
  select p.lane, p.sequence, p.object_id, p.version, p.revision, p.event_id::text as event_id,
         a.event_id::text as announced_by, a.class, a.operation, s.snapshot_hash, s.field_tree_root,
         p.previous_packet_hash, p.packet_hash, p.record_hash, p.record, g.state, g.leaf_index,
         g.inclusion_path, h.header
    from link.packet p
    join link.sealed_object s using (object_id, version, revision)
    join link.announced_object a using (object_id, version, revision)
    left join link.packet_progress g on g.lane = p.lane and g.sequence = p.sequence
    left join link.chain_header h on h.height = g.height
   where (p.lane, p.sequence) > ($1, $2) order by p.lane, p.sequence limit $3`;

const table = 'link.packet';

export async function* checkPackets(db: Executor, parts: PacketParts): AsyncGenerator<Difference> {
  let last: { readonly lane: number; readonly hash: Uint8Array } = { lane: 0, hash: zeroHash() };
  const rows = pages<StoredPacket, readonly [number, string]>(db, {
    text: PACKETS,
    first: [0, '0'],
    keyOf: (row) => [row.lane, row.sequence.toString()],
  });
  for await (const row of rows) {
    const key = `${row.lane}/${row.sequence}`;
    const previous = row.lane === last.lane ? last.hash : zeroHash();
    yield* compareStored(table, `${key} previous_packet_hash`, previous, row.previous_packet_hash);
    yield* compareStored(table, `${key} event_id`, row.announced_by, row.event_id);
    const decoded = decodeRecord(row.record);
    if (decoded.ok && decoded.value.kind === 'object') {
      yield* checkFrame(row, key, decoded.value.frame);
    } else {
      yield { table, key: `${key} record`, expected: 'an object record', found: 'none' };
    }
    const recordHash = leafHash(parts.suite, row.record);
    yield* compareStored(table, `${key} record_hash`, recordHash, row.record_hash);
    const { lane, sequence } = row;
    const identity = { chainId: parts.chainId, lane, sequence, previousPacketHash: previous };
    const hash = packetHash(parts.suite, { ...identity, recordHash });
    yield* compareStored(table, `${key} packet_hash`, hash, row.packet_hash);
    yield* checkPlace(parts.suite, row, key, recordHash);
    last = { lane, hash: row.packet_hash };
  }
}

function* checkFrame(row: StoredPacket, key: string, frame: ObjectFrame): Generator<Difference> {
  yield* compareStored(table, `${key} lane`, frame.lane, row.lane);
  yield* compareStored(table, `${key} sequence`, frame.laneSequence, row.sequence);
  yield* compareStored(table, `${key} object_id`, frame.objectId, row.object_id);
  yield* compareStored(table, `${key} version`, frame.version, row.version);
  yield* compareStored(table, `${key} revision`, frame.revision, row.revision);
  const object = `${row.object_id}/${row.version}/${row.revision}`;
  const sealed = 'link.sealed_object';
  yield* compareStored(sealed, `${object} snapshot_hash`, frame.snapshotHash, row.snapshot_hash);
  yield* compareStored(
    sealed,
    `${object} field_tree_root`,
    frame.fieldTreeRoot,
    row.field_tree_root,
  );
  const announced = 'link.announced_object';
  yield* compareStored(announced, `${object} class`, frame.class, row.class);
  yield* compareStored(announced, `${object} operation`, frame.operation, row.operation);
}

function* checkPlace(
  suite: Suite,
  row: StoredPacket,
  key: string,
  recordHash: Uint8Array,
): Generator<Difference> {
  if (row.state === 'queued' || row.leaf_index === null) return;
  const decoded = row.header === null ? undefined : decodeHeader(row.header);
  const isIncluded =
    decoded?.ok === true &&
    verifyInclusion(suite, {
      leafHash: recordHash,
      leafIndex: row.leaf_index,
      treeSize: decoded.value.treeSize,
      path: hashesIn(row.inclusion_path ?? new Uint8Array()).map(fromHex),
      root: decoded.value.treeRoot,
    });
  const place = 'link.packet_progress';
  yield* compareStored(
    place,
    `${key} inclusion_path`,
    'leads to the root',
    isIncluded ? 'leads to the root' : 'does not',
  );
}
