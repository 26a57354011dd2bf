/** The effect of one batch of messages from the market: headers, packets, control. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Tx } from '#libs/db/database.ts';
import type { BusBatch } from '#libs/event-bus/event-bus.ts';
import type { ChunkAssembly } from '#libs/lane-messages/chunks.ts';
import { fromBase64, type LaneMessage, type PayloadOf } from '#libs/lane-messages/envelope.ts';
import { downTopics } from '#libs/lane-messages/topics.ts';
import { certificateFromJson } from '#libs/proof/certificate.ts';
import { LANE } from '#libs/proof/record-frame.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import { lockTaking, queueOutgoing, sendLaneAgain } from '../repositories/own-chain-repository.ts';
import type { OpenedMessages, PacketMessage } from './open-message.ts';
import { takeHeader } from './take-header.ts';
import {
  acknowledgeAll,
  type Round,
  takePackets,
  takeWaiting,
  type WaitingBudget,
  waitingBudget,
} from './take-packets.ts';

/** What outlives a batch, in memory only. */
export interface MessageMemory {
  readonly chunks: ChunkAssembly;
  readonly messages: OpenedMessages;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Uint8Array;
}

export async function takeMessages(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  batch: BusBatch,
  { chunks, messages }: MessageMemory,
  budget: WaitingBudget = waitingBudget,
): Promise<void> {
  const round: Round = { parts, tx, messages, seen: new Map() };
  // Before any row: two batches that hold each other's rows would end in a deadlock.
  await lockTaking(tx);
  let packets: PacketMessage[] = [];
  for (const { offset, value } of batch.messages) {
    const place = { topic: batch.topic, partition: batch.partition, offset, value };
    const message = await openAt(round, chunks, place);
    if (message?.type === 'PACKET') packets.push(message);
    else if (message !== undefined) {
      await takePackets(round, packets);
      packets = [];
      await takeOther(round, message);
    }
  }
  await takePackets(round, packets);
  await takeWaiting(round, budget);
  await acknowledgeAll(round);
}

/** The message at the place, or the one that its chunk completes; undefined where there is none. */
async function openAt(
  round: Round,
  chunks: ChunkAssembly,
  place: Place,
): Promise<Exclude<LaneMessage, { type: 'CHUNK' }> | undefined> {
  const opened = round.messages.open(place.value);
  if (!opened.ok) return reject(round, place, opened.error);
  if (opened.value.type !== 'CHUNK') return opened.value;
  const whole = chunks.add(opened.value.payload);
  if (whole === undefined) return undefined;
  const inner = round.messages.open(whole);
  if (!inner.ok || inner.value.type === 'CHUNK') return reject(round, place, 'bad-chunks');
  return inner.value;
}

/** Told to the market by hash, kept as evidence; no lane moves. */
async function reject(
  { parts, tx }: Round,
  { topic, partition, offset, value }: Place,
  code: string,
): Promise<undefined> {
  const { chainId } = parts.market;
  const now = parts.clock.now();
  const detail = `${topic}/${partition}/${offset}`;
  parts.log.warn('a message was refused', { code, topic, partition, offset });
  await insertEvidence(tx, { chainId, kind: 'message', code, detail, first: value }, now);
  const message = canonicalBytes({
    topic,
    partition: partition.toString(),
    offset: offset.toString(),
    sm3: sm3Hex(value),
    code,
  });
  const told = { topic: downTopics(chainId).reject.name, key: chainId, message, chainId };
  await queueOutgoing(tx, [told], now);
}

async function takeOther({ parts, tx }: Round, message: LaneMessage): Promise<void> {
  switch (message.type) {
    case 'HEADER':
      return takeHeaderMessage(parts, tx, message.payload);
    case 'RESYNC':
      return answerResync(parts, tx, message.payload);
    case 'EVIDENCE':
      return keepEvidence(parts, tx, message.payload);
    default:
      // HELLO announces; what goes down only is nothing to us.
      return undefined;
  }
}

async function takeHeaderMessage(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  payload: PayloadOf<'HEADER'>,
): Promise<void> {
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

/** The market lacks receipts: the answers already given are sent again. */
async function answerResync(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  payload: PayloadOf<'RESYNC'>,
): Promise<void> {
  const { lane } = payload;
  if (lane === undefined) return;
  const from = BigInt(payload.from);
  const to = payload.to === undefined ? from + 10_000n : BigInt(payload.to);
  await sendLaneAgain(tx, parts.market.chainId, { lane, from, to });
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
