/**
 * Takes one record of a lane, pushed or pulled: order, link, inclusion, then its content. What it
 * answers is judged on the content alone; only a broken proof stops the lane.
 */
import type { Tx } from '#libs/db/database.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import { equalBytes, toBase64 } from '#libs/proof/bytes.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { decodeRecord, LANE, laneOfClass, type ObjectRecord } from '#libs/proof/record-frame.ts';
import { leafHash, verifyInclusion } from '#libs/proof/tree.ts';
import { assert, expectOk } from '#libs/result/result.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import {
  advanceLane,
  findMarket,
  freezeLane,
  headerOfSize,
  type Lane,
  listLanes,
  lockLane,
} from '../repositories/market-repository.ts';
import {
  lockTaking,
  queueOutgoing,
  sendResultsAgain,
} from '../repositories/own-chain-repository.ts';
import { findPacket } from '../repositories/packet-repository.ts';
import { judgeAndStore } from './judge-record.ts';
import { control, receipt } from './send-down.ts';

/** How the plain snapshot of the record is had: by the wrapped key, or from the query interface. */
export type OpenSnapshot = (record: ObjectRecord) => OpenedSnapshot;

export type OpenedSnapshot =
  | { readonly ok: true; readonly snapshot: Uint8Array; readonly dataKey: Uint8Array | undefined }
  | { readonly ok: false; readonly code: string };

export interface LanePlace {
  readonly lane: LaneName;
  readonly sequence: bigint;
}

export interface OfferedRecord {
  readonly lane: LaneName;
  readonly record: Uint8Array;
  readonly height: bigint;
  readonly leafIndex: bigint;
  readonly treeSize: bigint;
  readonly inclusionPath: readonly Uint8Array[];
  /** What must be taken in other lanes before this record can be judged. */
  readonly after: readonly LanePlace[];
  readonly open: OpenSnapshot;
  readonly via: 'lane' | 'pull';
}

/**
 * taken: judged and stored. duplicate: the same was taken before. ahead: something before it is
 * missing. early: it builds on a packet of another lane that is missing. unproved: the header it
 * stands under is not known yet. refused, frozen: nothing changed.
 */
export type RecordTaken =
  | 'taken'
  | 'duplicate'
  | 'ahead'
  | 'early'
  | 'unproved'
  | 'refused'
  | 'frozen';

/** Both records of an EVIDENCE in base64: a message on the bus is at most a million bytes. */
const evidenceLengthMax = 900_000;

export async function takeRecord(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
): Promise<RecordTaken> {
  const { chainId } = parts.market;
  const decoded = decodeRecord(offered.record);
  if (!decoded.ok || decoded.value.kind !== 'object') return refuse(parts, tx, offered, 'record');
  const record = decoded.value;
  const { frame } = record;
  const isInItsLane = frame.lane === LANE[offered.lane] && laneOfClass(frame.class) === frame.lane;
  if (!isInItsLane) return refuse(parts, tx, offered, 'record-lane');
  await lockTaking(tx);
  const market = await findMarket(tx, chainId);
  assert(market !== undefined, `market ${chainId} is not set up`);
  const lane = await lockLane(tx, chainId, offered.lane);
  if (market.frozenReason !== null || lane.frozenReason !== null) return 'frozen';
  const recordHash = leafHash(parts.suite, offered.record);
  const hash = packetHash(parts.suite, {
    chainId,
    lane: frame.lane,
    sequence: frame.laneSequence,
    previousPacketHash: frame.previousPacketHash,
    recordHash,
  });
  if (frame.laneSequence <= lane.lastSequence) {
    return takeEarlier(parts, tx, offered, { sequence: frame.laneSequence, hash });
  }
  if (frame.laneSequence > lane.lastSequence + 1n) return 'ahead';
  if (!(await lanesHaveReached(tx, chainId, offered.after))) return 'early';
  const placed = await checkPlace(parts, tx, offered, { record, lane, recordHash });
  if (placed !== 'taken') return placed;
  await judgeAndStore(parts, tx, offered, { record, recordHash, packetHash: hash });
  const sequence = frame.laneSequence;
  await advanceLane(tx, chainId, {
    lane: offered.lane,
    lastSequence: sequence,
    lastPacketHash: hash,
  });
  parts.crashPoint('supervisory.before-record-commit');
  return 'taken';
}

async function lanesHaveReached(
  tx: Tx<unknown>,
  chainId: string,
  places: readonly LanePlace[],
): Promise<boolean> {
  if (places.length === 0) return true;
  const lanes = await listLanes(tx, chainId);
  const reached = new Map(lanes.map(({ lane, lastSequence }) => [lane, lastSequence]));
  return places.every(({ lane, sequence }) => (reached.get(lane) ?? 0n) >= sequence);
}

/** Link and inclusion: the proofs that only misbehaviour or a missing header can break. */
async function checkPlace(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  known: {
    readonly record: ObjectRecord;
    readonly lane: Lane;
    readonly recordHash: Uint8Array;
  },
): Promise<RecordTaken> {
  const { chainId } = parts.market;
  if (!equalBytes(known.record.frame.previousPacketHash, known.lane.lastPacketHash)) {
    return refuse(parts, tx, offered, 'packet-link');
  }
  const stored = await headerOfSize(tx, chainId, offered.treeSize);
  if (stored === undefined) return 'unproved';
  const header = expectOk(decodeHeader(stored.header), 'a stored header');
  const isIncluded = verifyInclusion(parts.suite, {
    leafHash: known.recordHash,
    leafIndex: offered.leafIndex,
    treeSize: offered.treeSize,
    path: offered.inclusionPath,
    root: header.treeRoot,
  });
  return isIncluded ? 'taken' : refuse(parts, tx, offered, 'packet-inclusion');
}

/** The same packet again gets the same answer; another at its place is equivocation. */
async function takeEarlier(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  told: { readonly sequence: bigint; readonly hash: Uint8Array },
): Promise<RecordTaken> {
  const { chainId } = parts.market;
  const { lane } = offered;
  const known = await findPacket(tx, chainId, lane, told.sequence);
  assert(known !== undefined, 'a lane has all of its packets');
  if (equalBytes(known.packetHash, told.hash)) {
    if (offered.via === 'lane') {
      await sendResultsAgain(tx, chainId, lane, { from: told.sequence, to: told.sequence });
    }
    return 'duplicate';
  }
  const recordHash = leafHash(parts.suite, offered.record);
  if (!(await isOnChain(parts, tx, offered, recordHash))) {
    return refuse(parts, tx, offered, 'packet-inclusion');
  }
  await freezeForTwo(parts, tx, offered, known.record);
  return 'refused';
}

/** Only a record that the market's own chain holds convicts the market; anybody can make bytes up. */
async function isOnChain(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  recordHash: Uint8Array,
): Promise<boolean> {
  const stored = await headerOfSize(tx, parts.market.chainId, offered.treeSize);
  if (stored === undefined) return false;
  const header = expectOk(decodeHeader(stored.header), 'a stored header');
  const { leafIndex, treeSize, inclusionPath } = offered;
  const claim = { leafIndex, treeSize, path: inclusionPath, root: header.treeRoot };
  return verifyInclusion(parts.suite, { leafHash: recordHash, ...claim });
}

async function freezeForTwo(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  first: Uint8Array,
): Promise<void> {
  const { chainId } = parts.market;
  const now = parts.clock.now();
  const code = 'two-packets-at-sequence' as const;
  const detail = `lane ${offered.lane}`;
  await insertEvidence(
    tx,
    { chainId, kind: 'packet', code, detail, first, second: offered.record },
    now,
  );
  await freezeLane(tx, chainId, offered.lane, code);
  parts.log.error('a lane is frozen', { code, chainId, lane: offered.lane });
  const height = offered.height.toString();
  const freeze = { chainId, lane: offered.lane, height, reason: code };
  const both = { kind: code, detail, first: toBase64(first), second: toBase64(offered.record) };
  const messages = [
    // Two records of the largest size do not fit one message; both are kept here all the same.
    ...(both.first.length + both.second.length > evidenceLengthMax
      ? []
      : [control(parts, 'EVIDENCE', both, now)]),
    control(parts, 'FREEZE', freeze, now),
  ];
  await queueOutgoing(tx, messages, now);
}

async function refuse(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  code: string,
): Promise<'refused'> {
  const { chainId } = parts.market;
  const detail = `lane ${offered.lane} via ${offered.via}`;
  await insertEvidence(
    tx,
    { chainId, kind: 'packet', code, detail, first: offered.record },
    parts.clock.now(),
  );
  return 'refused';
}

/** SEEN: stored durably, no judgement. */
export async function acknowledge(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  lane: LaneName,
  hashes: readonly { readonly sequence: bigint; readonly hash: Uint8Array }[],
): Promise<void> {
  const [first] = hashes;
  const last = hashes.at(-1);
  if (first === undefined || last === undefined) return;
  const now = parts.clock.now();
  const range = parts.suite.sm3(...hashes.map(({ hash }) => hash));
  const payload = {
    lane,
    from: first.sequence.toString(),
    to: last.sequence.toString(),
    rangeHash: Buffer.from(range).toString('hex'),
  };
  await queueOutgoing(tx, [receipt(parts, 'SEEN', lane, payload, now)], now);
}
