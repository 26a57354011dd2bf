// Lanes, batches and packets: exact record bytes once, and how far each has come.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import { present } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { ObjectKey, VersionKey } from '../domain/object-key.ts';

export interface LaneRow {
  readonly lane: number;
  readonly last_sequence: bigint;
  readonly last_packet_hash: Uint8Array;
}

const LOCK_LANES =
  'select lane, last_sequence, last_packet_hash from lane order by lane for no key update';

export async function lockLanes(tx: Executor): Promise<Map<number, LaneRow>> {
  const rows = await prepared<LaneRow>(tx, 'link_lock_lanes', LOCK_LANES);
  return new Map(rows.map((row) => [row.lane, row]));
}

const UPDATE_LANES = `
  update lane l set last_sequence = n.last_sequence, last_packet_hash = n.last_packet_hash
    from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as n(lane, last_sequence, last_packet_hash)
   where l.lane = n.lane`;

export async function saveLanes(tx: Executor, lanes: readonly LaneRow[]): Promise<void> {
  await prepared(tx, 'link_save_lanes', UPDATE_LANES, [
    lanes.map((row) => row.lane),
    lanes.map((row) => row.last_sequence.toString()),
    lanes.map((row) => Buffer.from(row.last_packet_hash)),
  ]);
}

export interface LaneSequence {
  readonly lane: number;
  readonly sequence: bigint;
}

export interface NewPacket extends ObjectKey, LaneSequence {
  readonly eventId: string;
  readonly previousPacketHash: Uint8Array;
  readonly packetHash: Uint8Array;
  readonly recordHash: Uint8Array;
  readonly record: Uint8Array;
  readonly after: readonly { readonly lane: LaneName; readonly sequence: string }[];
}

const INSERT_BATCH = `
  insert into append_batch (batch_id, ordinal, record_count, prepared_at)
  select $1::uuid, coalesce(max(ordinal), 0) + 1, $2::integer, $3::timestamptz from append_batch`;

export async function insertBatch(
  tx: Executor,
  batch: { readonly batchId: string; readonly recordCount: number; readonly now: Instant },
): Promise<void> {
  const { batchId, recordCount, now } = batch;
  await prepared(tx, 'link_batch_insert', INSERT_BATCH, [batchId, recordCount, now]);
}

const INSERT_PACKETS = `
  insert into packet (lane, sequence, object_id, version, revision, event_id, batch_id, batch_index,
    previous_packet_hash, packet_hash, record_hash, record, after)
  select p.lane, p.sequence, p.object_id, p.version, p.revision, p.event_id, $12::uuid, p.place - 1,
         p.previous_packet_hash, p.packet_hash, p.record_hash, p.record, p.after
    from unnest($1::smallint[], $2::bigint[], $3::text[], $4::integer[], $5::integer[], $6::uuid[],
                $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::jsonb[])
      with ordinality as p(lane, sequence, object_id, version, revision, event_id,
        previous_packet_hash, packet_hash, record_hash, record, after, place)`;

const INSERT_PROGRESS = `
  insert into packet_progress (lane, sequence) select * from unnest($1::smallint[], $2::bigint[])`;

/** In batch order, from index 0. */
export async function insertPackets(
  tx: Executor,
  batchId: string,
  packets: readonly NewPacket[],
): Promise<void> {
  if (packets.length === 0) return;
  const lanes = packets.map((packet) => packet.lane);
  const sequences = packets.map((packet) => packet.sequence.toString());
  await prepared(tx, 'link_packet_insert', INSERT_PACKETS, [
    lanes,
    sequences,
    packets.map((packet) => packet.objectId),
    packets.map((packet) => packet.version),
    packets.map((packet) => packet.revision),
    packets.map((packet) => packet.eventId),
    packets.map((packet) => Buffer.from(packet.previousPacketHash)),
    packets.map((packet) => Buffer.from(packet.packetHash)),
    packets.map((packet) => Buffer.from(packet.recordHash)),
    packets.map((packet) => Buffer.from(packet.record)),
    packets.map((packet) => JSON.stringify(packet.after)),
    batchId,
  ]);
  await prepared(tx, 'link_packet_progress_insert', INSERT_PROGRESS, [lanes, sequences]);
}

export interface ReferencedPacket {
  readonly object_id: string;
  readonly version: number;
  readonly lane: number;
  readonly sequence: bigint;
}

const REFERENCED = `
  select p.object_id, p.version, p.lane, min(p.sequence) as sequence from packet p
    join unnest($1::text[], $2::integer[]) as o(object_id, version)
      on o.object_id = p.object_id and o.version = p.version
   group by p.object_id, p.version, p.lane`;

/** The first packet of each of the versions. */
export function firstPackets(
  db: Executor,
  versions: readonly VersionKey[],
): Promise<ReferencedPacket[]> {
  return prepared<ReferencedPacket>(db, 'link_first_packets', REFERENCED, [
    versions.map((key) => key.objectId),
    versions.map((key) => key.version),
  ]);
}

export interface BatchInHand {
  readonly batchId: string;
  readonly records: readonly Uint8Array[];
}

const IN_HAND = `
  select b.batch_id::text as batch_id, b.record_count from append_batch b where state = 'prepared'`;

const BATCH_RECORDS = `
  select batch_index, record from packet where batch_id = $1
  union all select batch_index, record from results_record where batch_id = $1
  order by batch_index`;

/** The batch that was prepared and is not known to be on the chain. */
export async function batchInHand(db: Executor): Promise<BatchInHand | undefined> {
  const [row] = await prepared<{ batch_id: string; record_count: number }>(
    db,
    'link_batch_in_hand',
    IN_HAND,
  );
  if (row === undefined) return undefined;
  const records = await prepared<{ record: Uint8Array }>(db, 'link_batch_records', BATCH_RECORDS, [
    row.batch_id,
  ]);
  if (records.length !== row.record_count) throw new Error('a batch has lost records');
  return { batchId: row.batch_id, records: records.map(({ record }) => record) };
}

export interface PlacedRecord {
  readonly batchIndex: number;
  readonly height: bigint;
  readonly leafIndex: bigint;
}

const PLACE_PACKETS = `
  update packet_progress g set height = n.height, leaf_index = n.leaf_index
    from packet p
    join unnest($2::integer[], $3::bigint[], $4::bigint[]) as n(batch_index, height, leaf_index)
      on n.batch_index = p.batch_index
   where p.batch_id = $1 and g.lane = p.lane and g.sequence = p.sequence`;

const PLACE_RESULTS = `
  update results_record r set height = n.height, leaf_index = n.leaf_index
    from unnest($2::integer[], $3::bigint[], $4::bigint[]) as n(batch_index, height, leaf_index)
   where r.batch_id = $1 and n.batch_index = r.batch_index`;

const BATCH_APPENDED = `
  update append_batch set state = 'appended', appended_at = $2 where batch_id = $1`;

export async function placeBatch(
  tx: Executor,
  batchId: string,
  placed: readonly PlacedRecord[],
  now: Instant,
): Promise<void> {
  const values = [
    batchId,
    placed.map((record) => record.batchIndex),
    placed.map((record) => record.height.toString()),
    placed.map((record) => record.leafIndex.toString()),
  ];
  await prepared(tx, 'link_place_packets', PLACE_PACKETS, values);
  await prepared(tx, 'link_place_results', PLACE_RESULTS, values);
  await prepared(tx, 'link_batch_appended', BATCH_APPENDED, [batchId, now]);
}

export interface UnprovenRow {
  readonly lane: number;
  readonly sequence: bigint;
  readonly height: bigint;
  readonly leaf_index: bigint;
  readonly record_hash: Uint8Array;
  readonly event_id: string;
  readonly tree_size: bigint;
  readonly header: Uint8Array;
}

const UNPROVEN = `
  select g.lane, g.sequence, g.height, g.leaf_index, p.record_hash, p.event_id::text as event_id,
         h.tree_size, h.header
    from packet_progress g join packet p using (lane, sequence)
    join chain_header h on h.height = g.height
   where g.state = 'queued' and g.leaf_index is not null order by g.leaf_index limit $1`;

/** Packets with a place under a header that has been verified, in leaf order. */
export function unprovenPackets(db: Executor, limit: number): Promise<UnprovenRow[]> {
  return prepared<UnprovenRow>(db, 'link_unproven', UNPROVEN, [limit]);
}

const PROVEN = `
  update packet_progress g
     set state = 'final', inclusion_path = n.inclusion_path, final_at = $4
    from unnest($1::smallint[], $2::bigint[], $3::bytea[]) as n(lane, sequence, inclusion_path)
   where g.lane = n.lane and g.sequence = n.sequence and g.state = 'queued'`;

export async function markFinal(
  tx: Executor,
  proven: readonly (LaneSequence & { readonly path: readonly Uint8Array[] })[],
  now: Instant,
): Promise<void> {
  await prepared(tx, 'link_mark_final', PROVEN, [
    proven.map((packet) => packet.lane),
    proven.map((packet) => packet.sequence.toString()),
    proven.map((packet) => Buffer.concat(packet.path)),
    now,
  ]);
}

export interface PacketToSend {
  readonly lane: number;
  readonly sequence: bigint;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly previous_packet_hash: Uint8Array;
  readonly packet_hash: Uint8Array;
  readonly record_hash: Uint8Array;
  readonly record: Uint8Array;
  readonly after: { lane: LaneName; sequence: string }[];
  readonly height: bigint;
  readonly leaf_index: bigint;
  readonly tree_size: bigint;
  readonly inclusion_path: Uint8Array;
  readonly wrapped_key: Uint8Array;
  readonly key_owner_kind: 'subject' | 'security';
  readonly key_owner_id: string;
}

const SENDABLE = `
  select p.lane, p.sequence, p.object_id, p.version, p.revision, p.previous_packet_hash,
         p.packet_hash, p.record_hash, p.record, p.after, g.height, g.leaf_index, h.tree_size,
         g.inclusion_path, s.wrapped_key, s.key_owner_kind, s.key_owner_id::text as key_owner_id
    from packet_progress g
    join packet p using (lane, sequence)
    join chain_header h on h.height = g.height
    join sealed_object s using (object_id, version, revision)`;

const UNSENT = `${SENDABLE}
   where g.state = 'final' and g.height <= $1 and not (g.lane = any($2::smallint[]))
   order by g.leaf_index limit $3`;

/** In the order of the chain, which is that of each lane. */
export function unsentPackets(
  db: Executor,
  sentHeight: bigint,
  frozenLanes: readonly number[],
  limit: number,
): Promise<PacketToSend[]> {
  return prepared<PacketToSend>(db, 'link_unsent', UNSENT, [
    sentHeight.toString(),
    frozenLanes,
    limit,
  ]);
}

const AGAIN = `${SENDABLE}
   where g.state <> 'queued' and g.lane = $1 and g.sequence between $2 and $3
   order by g.sequence limit $4`;

export function packetsAgain(
  db: Executor,
  range: { readonly lane: number; readonly from: bigint; readonly to: bigint },
  limit: number,
): Promise<PacketToSend[]> {
  const { lane, from, to } = range;
  return prepared<PacketToSend>(db, 'link_again', AGAIN, [
    lane,
    from.toString(),
    to.toString(),
    limit,
  ]);
}

const SENT = `
  update packet_progress g
     set state = case when g.state = 'final' then 'sent' else g.state end,
         sent_at = coalesce(g.sent_at, $3), send_count = g.send_count + 1
    from unnest($1::smallint[], $2::bigint[]) as n(lane, sequence)
   where g.lane = n.lane and g.sequence = n.sequence`;

export async function markSent(
  tx: Executor,
  packets: readonly LaneSequence[],
  now: Instant,
): Promise<void> {
  await prepared(tx, 'link_mark_sent', SENT, [
    packets.map((packet) => packet.lane),
    packets.map((packet) => packet.sequence.toString()),
    now,
  ]);
}

const UNSEEN_AGAIN = `
  update packet_progress set state = 'final' where state = 'sent'`;

/** The courier has lost its memory: what nobody has confirmed goes again. */
export async function resendUnseen(tx: Executor): Promise<void> {
  await prepared(tx, 'link_unseen_again', UNSEEN_AGAIN);
}

const AWAITING = `
  select lane, min(sequence) as "from", max(sequence) as "to" from packet_progress
   where state in ('final', 'sent', 'seen') and final_at <= $1 group by lane order by lane`;

export interface LaneAwaiting {
  readonly lane: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Lanes with packets that became final before the moment and have no RESULT. */
export function lanesAwaiting(db: Executor, before: Instant): Promise<LaneAwaiting[]> {
  return prepared<LaneAwaiting>(db, 'link_lanes_awaiting', AWAITING, [before]);
}

const HASHES = `
  select sequence, packet_hash from packet where lane = $1 and sequence between $2 and $3
   order by sequence`;

export async function packetHashes(
  db: Executor,
  lane: number,
  from: bigint,
  to: bigint,
): Promise<Uint8Array[]> {
  const rows = await prepared<{ packet_hash: Uint8Array }>(db, 'link_packet_hashes', HASHES, [
    lane,
    from.toString(),
    to.toString(),
  ]);
  return rows.map((row) => row.packet_hash);
}

const SEEN = `
  update packet_progress
     set state = case when state in ('final', 'sent') then 'seen' else state end,
         seen_at = coalesce(seen_at, $4)
   where lane = $1 and sequence between $2 and $3 and state <> 'queued' and seen_at is null`;

export async function markSeen(
  tx: Executor,
  range: { readonly lane: number; readonly from: bigint; readonly to: bigint },
  now: Instant,
): Promise<void> {
  const { lane, from, to } = range;
  await prepared(tx, 'link_mark_seen', SEEN, [lane, from.toString(), to.toString(), now]);
}

const LAST = 'select last_sequence from lane where lane = $1';

export async function lastSequence(db: Executor, lane: number): Promise<bigint> {
  const [row] = await prepared<{ last_sequence: bigint }>(db, 'link_lane_last', LAST, [lane]);
  return present(row, 'the lane').last_sequence;
}
