// Gives sealed objects their places in the lanes and fixes the exact bytes of the next append.
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { makeObjectRecord } from '#libs/envelope/object-record.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { laneNames } from '#libs/lane-messages/topics.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { laneOfClass } from '#libs/proof/record-frame.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { ok, present } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { CrashPoint } from '../crash-point.ts';
import { revisionName, versionName } from '../domain/object-key.ts';
import { type Candidate, judgeReadiness, versionsAsked } from '../domain/readiness.ts';
import { openSnapshot, ownerName } from '../keys/data-keys.ts';
import { refreshFacts } from '../repositories/fact-repository.ts';
import {
  blockQueued,
  dequeue,
  hasSomethingToAppend,
  packetRevisions,
  type QueuedRow,
  type StoredObject,
  storedObjects,
  unblockedQueue,
  unblockQueued,
} from '../repositories/object-repository.ts';
import { findOwnerKeys } from '../repositories/owner-key-repository.ts';
import {
  firstPackets,
  insertBatch,
  insertPackets,
  type LaneRow,
  lockLanes,
  type NewPacket,
  saveLanes,
} from '../repositories/packet-repository.ts';
import { takeResults } from './take-results.ts';

export interface BatchingDeps {
  readonly suite: Suite;
  readonly chainId: string;
  readonly recordKek: Uint8Array;
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
  /** Results wait for company at most this long. */
  readonly resultsDelayMs: number;
}

const OBJECTS_MAX = 999;
/** Below the engine's 8 MiB, with room for the record of results and every frame. */
const BYTES_MAX = 6 * 1024 * 1024;
const FRAME_BYTES = 400;

export type Preparation = 'prepared' | 'blocked-some' | 'nothing';

/**
 * One transaction: places in the lanes under their row locks, record bytes and batch id together,
 * so that whatever crashes later repeats the same bytes under the same idempotency key.
 */
export async function prepareBatch<DB>(db: Database<DB>, deps: BatchingDeps): Promise<Preparation> {
  const resultsUntil = addMilliseconds(deps.clock.now(), -deps.resultsDelayMs);
  if (!(await hasSomethingToAppend(db, resultsUntil))) return 'nothing';
  const result = await inTransaction<DB, Preparation, never>(db, 'read committed', async (tx) => {
    const preparation = await prepareUnderLock(tx, deps);
    if (preparation === 'prepared') deps.crashPoint('link-before-batch-commit');
    return ok(preparation);
  });
  deps.crashPoint('link-after-batch-commit');
  return result.ok ? result.value : 'nothing';
}

interface Queued extends Candidate {
  readonly row: QueuedRow;
}

async function prepareUnderLock(tx: Executor, deps: BatchingDeps): Promise<Preparation> {
  const lanes = await lockLanes(tx);
  const candidates = (await unblockedQueue(tx, OBJECTS_MAX)).map(toCandidate);
  const known = await packetRevisions(tx, versionsAsked(candidates));
  const { ready, blocked } = judgeReadiness(candidates, known);
  if (blocked.length > 0) {
    await blockQueued(
      tx,
      blocked.map(({ candidate, on }) => ({ ordinal: candidate.row.ordinal, on })),
    );
  }
  const chosen = withinBytes(ready);
  const batchId = newUuid();
  const now = deps.clock.now();
  const results = await takeResults(tx, { now, ...deps, batchIndex: chosen.length });
  const recordCount = chosen.length + (results === undefined ? 0 : 1);
  const concerned = new Set(blocked.map(({ candidate }) => candidate.row.event_id));
  if (recordCount > 0) {
    await insertBatch(tx, { batchId, recordCount, now });
    const packets = await makePackets(tx, deps, lanes, chosen);
    await insertPackets(tx, batchId, packets);
    await saveLanes(tx, [...lanes.values()]);
    await dequeue(
      tx,
      chosen.map(({ row }) => row.ordinal),
    );
    for (const eventId of await unblockQueued(tx, chosen)) concerned.add(eventId);
    await results?.save(batchId);
  }
  await refreshFacts(tx, concerned);
  if (recordCount > 0) return 'prepared';
  return blocked.length > 0 ? 'blocked-some' : 'nothing';
}

function toCandidate(row: QueuedRow): Queued {
  return {
    row,
    objectId: row.object_id,
    version: row.version,
    revision: row.revision,
    operation: row.operation,
    references: row.refs,
    heldBackBy: row.held_back_by ?? undefined,
  };
}

/** A prefix, so that whatever a chosen one refers to is chosen or on the chain. */
function withinBytes(ready: readonly Queued[]): readonly Queued[] {
  let bytes = 0;
  const end = ready.findIndex(({ row }) => {
    bytes += row.size_bytes + FRAME_BYTES;
    return bytes > BYTES_MAX;
  });
  return end <= 0 ? ready.slice(0, end === 0 ? 1 : undefined) : ready.slice(0, end);
}

async function makePackets(
  tx: Executor,
  deps: BatchingDeps,
  lanes: Map<number, LaneRow>,
  chosen: readonly Queued[],
): Promise<readonly NewPacket[]> {
  if (chosen.length === 0) return [];
  const stored = await storedObjects(tx, chosen);
  const owners = [...stored.values()].map(toOwner);
  const keys = await findOwnerKeys(tx, deps.recordKek, owners);
  const references = chosen.flatMap((candidate) => candidate.references);
  const places = new Map<string, { lane: number; sequence: bigint }>();
  for (const row of await firstPackets(tx, references)) {
    places.set(versionName({ objectId: row.object_id, version: row.version }), row);
  }
  const packets: NewPacket[] = [];
  for (const candidate of chosen) {
    const object = present(stored.get(revisionName(candidate)), 'a sealed object');
    const ownerKey = present(keys.get(ownerName(toOwner(object))), 'the key of an owner');
    const packet = makePacket(deps, lanes, { candidate, object, ownerKey, places });
    packets.push(packet);
    const name = versionName(candidate);
    if (!places.has(name)) places.set(name, { lane: packet.lane, sequence: packet.sequence });
  }
  return packets;
}

function toOwner(object: StoredObject) {
  return { kind: object.key_owner_kind, id: object.key_owner_id };
}

interface PacketMaterial {
  readonly candidate: Queued;
  readonly object: StoredObject;
  readonly ownerKey: Uint8Array;
  readonly places: ReadonlyMap<string, { readonly lane: number; readonly sequence: bigint }>;
}

function makePacket(
  deps: BatchingDeps,
  lanes: Map<number, LaneRow>,
  { candidate, object, ownerKey, places }: PacketMaterial,
): NewPacket {
  const { objectId, version, revision, operation, row } = candidate;
  const opened = openSnapshot(ownerKey, candidate, {
    wrappedKey: object.wrapped_key,
    sealed: object.sealed,
  });
  const { dataKey, snapshot } = present(opened, 'the snapshot that the link itself has stored');
  const lane = laneOfClass(row.class);
  const last = present(lanes.get(lane), 'the lane of a class');
  const sequence = last.last_sequence + 1n;
  const previousPacketHash = last.last_packet_hash;
  const record = makeObjectRecord(
    {
      lane,
      laneSequence: sequence,
      previousPacketHash,
      objectId,
      version,
      revision,
      operation,
      class: row.class,
      snapshotHash: object.snapshot_hash,
      fieldTreeRoot: object.field_tree_root,
    },
    snapshot,
    dataKey,
  );
  const recordHash = leafHash(deps.suite, record);
  const { chainId } = deps;
  const identity = { chainId, lane, sequence, previousPacketHash, recordHash };
  const hash = packetHash(deps.suite, identity);
  lanes.set(lane, { lane, last_sequence: sequence, last_packet_hash: hash });
  return {
    ...{ objectId, version, revision, lane, sequence, previousPacketHash, recordHash, record },
    eventId: row.event_id,
    packetHash: hash,
    after: dependencies(candidate, lane, places),
  };
}

/** In other lanes, the latest packet of each that this one builds on. */
function dependencies(
  candidate: Candidate,
  lane: number,
  places: PacketMaterial['places'],
): NewPacket['after'] {
  const latest = new Map<number, bigint>();
  for (const reference of candidate.references) {
    const place = places.get(versionName(reference));
    if (place === undefined || place.lane === lane) continue;
    const known = latest.get(place.lane) ?? 0n;
    if (place.sequence > known) latest.set(place.lane, place.sequence);
  }
  return [...latest.entries()].map(([of, sequence]) => ({
    lane: present(laneNames[of - 1], 'the name of a lane'),
    sequence: sequence.toString(),
  }));
}
