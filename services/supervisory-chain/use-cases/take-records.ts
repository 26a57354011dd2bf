/**
 * Takes records of the lanes, pushed or pulled: order, link, inclusion, then their content. What it
 * answers is judged on the content alone; only a broken proof stops a lane.
 */
import type { Tx } from '#libs/db/database.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { decodeRecord, type ObjectRecord } from '#libs/proof/record-frame.ts';
import { assert, expectOk, present } from '#libs/result/result.ts';
import {
  type LaneHead,
  type LanePlace,
  MarketPlaces,
  type OfferedPlace,
  type PlacedRecord,
  type Placement,
  placeName,
} from '../domain/place-record.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import {
  advanceLanes,
  findMarket,
  freezeLane,
  headersOfSizes,
  lockLanes,
} from '../repositories/market-repository.ts';
import {
  lockTaking,
  queueOutgoing,
  sendResultsAgain,
} from '../repositories/own-chain-repository.ts';
import { findPacket, packetHashesAt } from '../repositories/packet-repository.ts';
import { judgeAndStore, type TakenRecord } from './judge-records.ts';
import { control, receipt } from './send-down.ts';

/** How the plain snapshot of the record is had: by the wrapped key, or from the query interface. */
export type OpenSnapshot = (record: ObjectRecord) => OpenedSnapshot;

export type OpenedSnapshot =
  | { readonly ok: true; readonly snapshot: Uint8Array; readonly dataKey: Uint8Array | undefined }
  | { readonly ok: false; readonly code: string };

export interface OfferedRecord extends OfferedPlace {
  readonly height: bigint;
  readonly open: OpenSnapshot;
  readonly via: 'lane' | 'pull';
}

/** As the record was placed; two packets at one place are refused like any broken proof. */
export type RecordTaken = Exclude<Placement['kind'], 'two-packets'>;

/** Both records of an EVIDENCE in base64: a message on the bus is at most a million bytes. */
const evidenceLengthMax = 900_000;

/** In the given order; what each one became, at its index. */
export async function takeRecords(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: readonly OfferedRecord[],
): Promise<readonly RecordTaken[]> {
  if (offered.length === 0) return [];
  await lockTaking(tx);
  const places = await heldPlaces(parts, tx, offered);
  const placed = offered.map((each) => ({
    offered: each,
    placement: places.place(parts.suite, each),
  }));
  const taken = placed.flatMap(({ offered: each, placement }) =>
    placement.kind === 'taken' ? [{ offered: each, placed: placement.placed }] : [],
  );
  await judgeAndStore(parts, tx, taken);
  await advanceLanes(tx, parts.market.chainId, headsAfter(taken));
  await answerOthers(parts, tx, placed);
  parts.crashPoint('supervisory.before-record-commit');
  return placed.map(({ placement: { kind } }) => (kind === 'two-packets' ? 'refused' : kind));
}

/** What is stored of everything that these records ask about, read once. */
async function heldPlaces(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: readonly OfferedRecord[],
): Promise<MarketPlaces> {
  const { chainId } = parts.market;
  const market = await findMarket(tx, chainId);
  assert(market !== undefined, `market ${chainId} is not set up`);
  const lanes = new Map<LaneName, LaneHead>();
  for (const { lane, lastSequence, lastPacketHash, frozenReason } of await lockLanes(tx, chainId)) {
    lanes.set(lane, { lastSequence, lastPacketHash, isFrozen: frozenReason !== null });
  }
  const earlier = offered.flatMap(({ lane, record }) => {
    const sequence = sequenceOf(record);
    const last = lanes.get(lane)?.lastSequence ?? 0n;
    return sequence !== undefined && sequence <= last ? [{ lane, sequence }] : [];
  });
  const taken = new Map<string, Uint8Array>();
  for (const packet of await packetHashesAt(tx, chainId, earlier)) {
    taken.set(placeName(packet), packet.packetHash);
  }
  const roots = new Map<bigint, Uint8Array>();
  const sizes = [...new Set(offered.map(({ treeSize }) => treeSize))];
  for (const { treeSize, header } of await headersOfSizes(tx, chainId, sizes)) {
    roots.set(treeSize, expectOk(decodeHeader(header), 'a stored header').treeRoot);
  }
  return new MarketPlaces({ chainId, isFrozen: market.frozenReason !== null, lanes, roots, taken });
}

function sequenceOf(record: Uint8Array): bigint | undefined {
  const decoded = decodeRecord(record);
  return decoded.ok && decoded.value.kind === 'object'
    ? decoded.value.frame.laneSequence
    : undefined;
}

function headsAfter(taken: readonly TakenRecord[]) {
  const heads = new Map<LaneName, LanePlace & Pick<PlacedRecord, 'packetHash'>>();
  for (const { offered, placed } of taken) {
    const { lane } = offered;
    const sequence = placed.record.frame.laneSequence;
    heads.set(lane, { lane, sequence, packetHash: placed.packetHash });
  }
  return [...heads.values()];
}

interface Placed {
  readonly offered: OfferedRecord;
  readonly placement: Placement;
}

async function answerOthers(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  placed: readonly Placed[],
): Promise<void> {
  const again: LanePlace[] = [];
  for (const { offered, placement } of placed) {
    if (placement.kind === 'refused') await refuse(parts, tx, offered, placement.code);
    else if (placement.kind === 'two-packets') {
      await freezeForTwo(parts, tx, offered, placement.sequence);
    } else if (placement.kind === 'duplicate' && offered.via === 'lane') {
      again.push({ lane: offered.lane, sequence: placement.sequence });
    }
  }
  if (again.length > 0) await sendResultsAgain(tx, parts.market.chainId, again);
}

async function freezeForTwo(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  sequence: bigint,
): Promise<void> {
  const { chainId } = parts.market;
  const now = parts.clock.now();
  const code = 'two-packets-at-sequence' as const;
  const detail = `lane ${offered.lane}`;
  const known = await findPacket(tx, chainId, offered.lane, sequence);
  const { record: first } = present(known, 'the packet that was taken');
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
): Promise<void> {
  const { chainId } = parts.market;
  const detail = `lane ${offered.lane} via ${offered.via}`;
  await insertEvidence(
    tx,
    { chainId, kind: 'packet', code, detail, first: offered.record },
    parts.clock.now(),
  );
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
