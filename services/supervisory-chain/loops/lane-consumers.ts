/** Consumes what the market sends: headers, packets, control. Offsets commit with the effects. */
import type { Pool } from 'pg';
import type { Tx } from '#libs/db/database.ts';
import { openRecord } from '#libs/envelope/record.ts';
import { unwrapAsRecipient } from '#libs/envelope/key-wrap.ts';
import type { BusBatch, EventBus } from '#libs/event-bus/event-bus.ts';
import { type RunningConsumer, startConsumer } from '#libs/inbox/consumer.ts';
import { ChunkAssembly } from '#libs/lane-messages/chunks.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import {
  fromBase64,
  type LaneMessage,
  openEnvelope,
  type PayloadOf,
} from '#libs/lane-messages/envelope.ts';
import { downTopics, type LaneName, upTopics } from '#libs/lane-messages/topics.ts';
import { certificateFromJson } from '#libs/proof/certificate.ts';
import { LANE, type ObjectRecord } from '#libs/proof/record-frame.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import { lockLane } from '../repositories/market-repository.ts';
import {
  lockTaking,
  queueOutgoing,
  sendResultsAgain,
} from '../repositories/own-chain-repository.ts';
import {
  countWaiting,
  lanesToGoOn,
  missingBefore,
  storeWaiting,
  takeWaiting,
} from '../repositories/waiting-repository.ts';
import { askAgain, takeHeader } from '../use-cases/take-header.ts';
import {
  acknowledge,
  type OpenedSnapshot,
  type RecordTaken,
  takeRecord,
} from '../use-cases/take-record.ts';

export interface LaneFeed {
  readonly parts: SupervisoryParts;
  readonly pool: Pool;
  readonly bus: EventBus;
}

const consumer = 'supervisory-chain';
/** Messages of one transaction: a packet costs some ten milliseconds of decryption and checks. */
const messagesMax = 20;
/** Packets of one lane that may wait for earlier ones; beyond, they are asked for again later. */
const waitingMax = 2_000;

export function startLaneConsumers(feed: LaneFeed): readonly RunningConsumer[] {
  const { parts, pool, bus } = feed;
  const topics = upTopics(parts.market.chainId);
  const chunks = new ChunkAssembly();
  const effect = async (tx: Tx<unknown>, batch: BusBatch): Promise<void> => {
    const seen: Seen = new Map();
    const taking = { parts, tx, chunks, seen };
    // Before any row: two batches that hold each other's rows would end in a deadlock.
    await lockTaking(tx);
    for (const message of batch.messages) await takeMessage(taking, { ...batch, ...message });
    await takeAllWaiting(taking);
    for (const [lane, hashes] of seen) await acknowledge(parts, tx, lane, hashes);
  };
  return Object.values(topics).map((topic) =>
    startConsumer<unknown>({
      pool,
      bus,
      log: parts.log,
      consumer,
      topic: topic.name,
      maxBatch: messagesMax,
      effect,
    }),
  );
}

/** Packets taken in one transaction, by lane and in order: one SEEN tells of all. */
type Seen = Map<LaneName, { readonly sequence: bigint; readonly hash: Uint8Array }[]>;

interface Taking {
  readonly parts: SupervisoryParts;
  readonly tx: Tx<unknown>;
  readonly chunks: ChunkAssembly;
  readonly seen: Seen;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Uint8Array;
}

async function takeMessage(taking: Taking, place: Place): Promise<void> {
  const { parts, tx, chunks } = taking;
  const opened = open(parts, place.value);
  if (!opened.ok) return reject(parts, tx, place, opened.error);
  const message = opened.value;
  if (message.type !== 'CHUNK') return takeOpened(taking, message);
  const whole = chunks.add(message.payload);
  if (whole === undefined) return;
  const inner = open(parts, whole);
  if (!inner.ok || inner.value.type === 'CHUNK') return reject(parts, tx, place, 'bad-chunks');
  await takeOpened(taking, inner.value);
}

function open(parts: SupervisoryParts, bytes: Uint8Array) {
  return openEnvelope(bytes, {
    source: parts.market.chainId,
    destination: parts.chainId,
    keyOf: (keyId) => parts.marketGatewayKeys.find((key) => key.keyId === keyId)?.publicKey,
    verify: parts.suite.verifySm2,
  });
}

/** Told to the market by hash, kept as evidence; no lane moves. */
async function reject(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  { topic, partition, offset, value }: Place,
  code: string,
): Promise<void> {
  const { chainId } = parts.market;
  const now = parts.clock.now();
  const detail = `${topic}/${partition}/${offset}`;
  parts.log.warn('a message was refused', { code, topic, partition, offset });
  await insertEvidence(tx, { chainId, kind: 'message', code, detail, first: value }, now);
  const told = {
    topic,
    partition: partition.toString(),
    offset: offset.toString(),
    sm3: sm3Hex(value),
    code,
  };
  const message = canonicalBytes(told);
  await queueOutgoing(
    tx,
    [{ topic: downTopics(chainId).reject.name, key: chainId, message, chainId }],
    now,
  );
}

async function takeOpened(taking: Taking, message: LaneMessage): Promise<void> {
  const { parts, tx } = taking;
  switch (message.type) {
    case 'HEADER':
      return takeHeaderMessage(taking, message.payload);
    case 'PACKET':
      return takePacket(taking, message);
    case 'RESYNC':
      return answerResync(parts, tx, message.payload);
    case 'EVIDENCE':
      return keepEvidence(parts, tx, message.payload);
    default:
      // HELLO announces; what goes down only is nothing to us.
      return undefined;
  }
}

async function takeHeaderMessage(taking: Taking, payload: PayloadOf<'HEADER'>): Promise<void> {
  const { parts, tx } = taking;
  const certificate = certificateFromJson(payload.certificate);
  if (certificate === undefined) return;
  const lanes = (payload.lanes ?? []).map((head) => ({
    lane: LANE[head.lane],
    lastSequence: BigInt(head.sequence),
    lastPacketHash: fromHex(head.packetHash),
  }));
  await takeHeader(
    parts,
    tx,
    {
      header: fromBase64(payload.header),
      certificate,
      consistencyPath: payload.consistency.path.map(fromHex),
      lanes: lanes.toSorted((a, b) => a.lane - b.lane),
    },
    'lane',
  );
}

/**
 * A packet may come before the header that it stands under, before its predecessor, or before what
 * it builds on in another lane; whatever came now may bring it in, and that the next.
 */
async function takeAllWaiting(taking: Taking): Promise<void> {
  for (let moved = true; moved; ) {
    moved = false;
    for (const lane of await lanesToGoOn(taking.tx, taking.parts.market.chainId)) {
      if (await takeFollowing(taking, lane)) moved = true;
    }
  }
}

async function takePacket(
  taking: Taking,
  message: Extract<LaneMessage, { type: 'PACKET' }>,
): Promise<void> {
  const { parts, tx } = taking;
  const { payload } = message;
  const taken = await takePayload(parts, tx, payload);
  if (taken === 'taken') return note(taking, payload);
  if (!mayComeLater(taken)) return;
  const { chainId } = parts.market;
  const now = parts.clock.now();
  const sequence = BigInt(payload.sequence);
  if ((await countWaiting(tx, chainId, payload.lane)) < waitingMax) {
    const envelope = canonicalBytes(message.envelope);
    await storeWaiting(tx, { chainId, lane: payload.lane, sequence, envelope }, now);
  }
  if (taken === 'ahead') await askMissing(parts, tx, payload.lane, sequence);
}

function mayComeLater(taken: RecordTaken): boolean {
  return taken === 'ahead' || taken === 'early' || taken === 'unproved';
}

function note({ seen }: Taking, { lane, sequence, packetHash }: PayloadOf<'PACKET'>): void {
  const taken = { sequence: BigInt(sequence), hash: fromHex(packetHash) };
  seen.set(lane, [...(seen.get(lane) ?? []), taken]);
}

async function askMissing(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  lane: LaneName,
  sequence: bigint,
): Promise<void> {
  const gap = await missingBefore(tx, parts.market.chainId, { lane, sequence });
  if (gap !== undefined) await askAgain(parts, tx, { lane, ...gap }, parts.clock.now());
}

/** Whether any was taken. */
async function takeFollowing(taking: Taking, lane: LaneName): Promise<boolean> {
  const { parts, tx } = taking;
  const { chainId } = parts.market;
  for (let moved = false; ; moved = true) {
    const { lastSequence } = await lockLane(tx, chainId, lane);
    const sequence = lastSequence + 1n;
    const waiting = await takeWaiting(tx, chainId, lane, sequence);
    if (waiting === undefined) return moved;
    const opened = open(parts, waiting);
    if (!opened.ok || opened.value.type !== 'PACKET') return moved;
    const taken = await takePayload(parts, tx, opened.value.payload);
    if (mayComeLater(taken)) {
      const now = parts.clock.now();
      await storeWaiting(tx, { chainId, lane, sequence, envelope: waiting }, now);
    }
    if (taken !== 'taken') return moved;
    note(taking, opened.value.payload);
  }
}

function takePayload(parts: SupervisoryParts, tx: Tx<unknown>, payload: PayloadOf<'PACKET'>) {
  return takeRecord(parts, tx, {
    lane: payload.lane,
    record: fromBase64(payload.record),
    height: BigInt(payload.height),
    leafIndex: BigInt(payload.leafIndex),
    treeSize: BigInt(payload.treeSize),
    inclusionPath: payload.inclusionPath.map(fromHex),
    after: payload.after.map(({ lane, sequence }) => ({ lane, sequence: BigInt(sequence) })),
    open: (record) => openWrapped(parts, record, fromBase64(payload.wrappedKey)),
    via: 'lane',
  });
}

function openWrapped(
  parts: SupervisoryParts,
  record: ObjectRecord,
  wrappedKey: Uint8Array,
): OpenedSnapshot {
  const dataKey = unwrapAsRecipient(parts.decryptor, wrappedKey);
  if (dataKey === undefined) return { ok: false, code: 'key-not-for-us' };
  const snapshot = openRecord({
    dataKey,
    associatedData: record.frameBytes,
    sealed: record.body,
  });
  if (snapshot === undefined) return { ok: false, code: 'body-does-not-open' };
  return { ok: true, snapshot, dataKey };
}

/** The market lacks receipts: the answers already given are sent again. */
async function answerResync(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  payload: PayloadOf<'RESYNC'>,
): Promise<void> {
  if (payload.lane === undefined) return;
  const from = BigInt(payload.from);
  const to = payload.to === undefined ? from + 10_000n : BigInt(payload.to);
  await sendResultsAgain(tx, parts.market.chainId, payload.lane, { from, to });
}

async function keepEvidence(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  payload: PayloadOf<'EVIDENCE'>,
): Promise<void> {
  const { chainId } = parts.market;
  await insertEvidence(
    tx,
    {
      chainId,
      kind: 'message',
      code: payload.kind,
      detail: payload.detail,
      first: fromBase64(payload.first),
      second: fromBase64(payload.second),
    },
    parts.clock.now(),
  );
}
