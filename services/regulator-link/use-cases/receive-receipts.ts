// Takes SEEN, RESULT and CHECKPOINT: verified they take effect, else they are evidence.
import { canonicalJson } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import type { BusBatch } from '#libs/event-bus/event-bus.ts';
import { fromBase64, type LaneMessage, type PayloadOf } from '#libs/lane-messages/envelope.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { expectOk } from '#libs/result/result.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { Alarm } from '../alarm.ts';
import type { CrashPoint } from '../crash-point.ts';
import { laneNumberOf } from '../lanes/outgoing.ts';
import {
  type DownTrust,
  messageBytes,
  openDown,
  storedVerdict,
  verifyResult,
} from '../lanes/receipts.ts';
import { type Evidence, keepEvidence } from '../repositories/evidence-repository.ts';
import { refreshFacts } from '../repositories/fact-repository.ts';
import { headerAt, insertCheckpoint } from '../repositories/header-repository.ts';
import { markSeen, packetHashes } from '../repositories/packet-repository.ts';
import {
  eventsInDoubt,
  insertReceipts,
  type KnownPacket,
  knownPackets,
  lockReceiving,
  type NewReceipt,
  orderInvestorCode,
} from '../repositories/receipt-repository.ts';
import { wake } from '../repositories/wake.ts';

export interface ReceivingDeps extends DownTrust {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly crashPoint: CrashPoint;
}

type Result = Extract<LaneMessage, { type: 'RESULT' }>;

/** A message with the place that it came from. */
interface Arrived<Message> {
  readonly message: Message;
  readonly origin: string;
}

const SEEN_RANGE_MAX = 10_000n;

/** A message as it came. */
export interface Arrival {
  /** The place that evidence names. */
  readonly origin: string;
  readonly value: Uint8Array;
}

export function arrivalsOf({ topic, partition, messages }: BusBatch): readonly Arrival[] {
  return messages.map(({ offset, value }) => ({
    origin: `${topic}/${partition}@${offset}`,
    value,
  }));
}

/** The effect of messages from the receipt topic, or polled; one transaction after the other. */
export async function receiveReceipts(
  tx: Executor,
  arrivals: readonly Arrival[],
  deps: ReceivingDeps,
): Promise<void> {
  await lockReceiving(tx);
  const now = deps.clock.now();
  const results: Arrived<Result>[] = [];
  for (const { origin, value } of arrivals) {
    const opened = openDown(value, deps);
    if (!opened.ok) {
      await refuse(tx, deps, { origin, sm3: sm3(value), code: opened.error, detail: '' });
      continue;
    }
    const message = opened.value;
    if (message.type === 'SEEN') await takeSeen(tx, deps, { message, origin }, now);
    else if (message.type === 'RESULT') results.push({ message, origin });
    else if (message.type === 'CHECKPOINT')
      await takeCheckpoint(tx, deps, { message, origin }, now);
    else await refuseMessage(tx, deps, { message, origin }, 'unexpected-message', message.type);
  }
  if (results.length > 0) await takeResults(tx, deps, results, now);
  deps.crashPoint('link-before-receipt-commit');
}

async function refuse(tx: Executor, deps: ReceivingDeps, evidence: Evidence): Promise<void> {
  const { code, detail, origin } = evidence;
  deps.alarm('receipt-refused', { code, reason: detail, topic: origin });
  await keepEvidence(tx, deps.clock.now(), evidence);
}

/** Signed by the other side, so kept as it came. */
async function refuseMessage(
  tx: Executor,
  deps: ReceivingDeps,
  { message, origin }: Arrived<LaneMessage>,
  code: string,
  detail: string,
): Promise<void> {
  const bytes = messageBytes(message);
  await refuse(tx, deps, { origin, sm3: sm3(bytes), code, detail, message: bytes });
}

async function takeSeen(
  tx: Executor,
  deps: ReceivingDeps,
  arrived: Arrived<Extract<LaneMessage, { type: 'SEEN' }>>,
  now: Instant,
): Promise<void> {
  const { payload } = arrived.message;
  const lane = laneNumberOf(payload.lane);
  const range = { lane, from: BigInt(payload.from), to: BigInt(payload.to) };
  const count = range.to - range.from + 1n;
  const isRange = range.from >= 1n && count >= 1n && count <= SEEN_RANGE_MAX;
  const hashes = isRange ? await packetHashes(tx, lane, range.from, range.to) : [];
  const isOurs = isRange && BigInt(hashes.length) === count;
  if (!isOurs || toHex(sm3(...hashes)) !== payload.rangeHash) {
    const detail = `${payload.lane} ${payload.from}-${payload.to}`;
    return refuseMessage(tx, deps, arrived, 'seen-of-other-packets', detail);
  }
  await markSeen(tx, range, now);
}

async function takeCheckpoint(
  tx: Executor,
  deps: ReceivingDeps,
  arrived: Arrived<Extract<LaneMessage, { type: 'CHECKPOINT' }>>,
  now: Instant,
): Promise<void> {
  const { payload } = arrived.message;
  const row = await headerAt(tx, BigInt(payload.height));
  if (row === undefined) {
    return refuseMessage(tx, deps, arrived, 'checkpoint-of-unknown-height', payload.height);
  }
  const header = expectOk(decodeHeader(row.header), 'a header that has been verified');
  const fits =
    toHex(row.header_hash) === payload.headerHash &&
    row.tree_size.toString() === payload.treeSize &&
    toHex(header.treeRoot) === payload.treeRoot;
  if (!fits) return refuseMessage(tx, deps, arrived, 'checkpoint-differs', payload.height);
  const { suite, supervisory } = deps;
  const validator = supervisory.validators.find((key) => key.keyId === payload.keyId);
  const signature = fromBase64(payload.signature);
  if (
    validator === undefined ||
    !suite.verifySm2(validator.publicKey, row.header_hash, signature)
  ) {
    return refuseMessage(tx, deps, arrived, 'checkpoint-not-signed', payload.height);
  }
  const checkpoint = {
    height: row.height,
    headerHash: row.header_hash,
    treeSize: row.tree_size,
    treeRoot: header.treeRoot,
    keyId: payload.keyId,
    signature,
    message: messageBytes(arrived.message),
  };
  await insertCheckpoint(tx, checkpoint, now);
}

const placeName = (lane: number, sequence: bigint): string => `${lane}/${sequence}`;

function placeOf({ message }: Arrived<Result>) {
  const { lane, sequence } = message.payload.verdict;
  return { lane: laneNumberOf(lane), sequence: BigInt(sequence) };
}

async function takeResults(
  tx: Executor,
  deps: ReceivingDeps,
  arrived: readonly Arrived<Result>[],
  now: Instant,
): Promise<void> {
  const known = new Map<string, KnownPacket>();
  for (const packet of await knownPackets(tx, arrived.map(placeOf))) {
    known.set(placeName(packet.lane, packet.sequence), packet);
  }
  const taken = new Map<string, Taken>();
  for (const each of arrived) {
    const place = placeOf(each);
    const name = placeName(place.lane, place.sequence);
    const judged = judge(deps, each, known.get(name), taken.get(name));
    if (judged === 'repeated') continue;
    if ('code' in judged) {
      await refuseMessage(tx, deps, each, judged.code, judged.detail);
      continue;
    }
    taken.set(name, judged);
  }
  await store(tx, [...taken.values()], now);
}

interface Taken {
  readonly packet: KnownPacket;
  readonly payload: PayloadOf<'RESULT'>;
  readonly message: Uint8Array;
}

function judge(
  deps: ReceivingDeps,
  { message }: Arrived<Result>,
  packet: KnownPacket | undefined,
  taken: Taken | undefined,
): Taken | 'repeated' | { readonly code: string; readonly detail: string } {
  const { payload } = message;
  const { verdict } = payload;
  const detail = `${verdict.lane} ${verdict.sequence}`;
  if (packet === undefined || packet.state === 'queued')
    return { code: 'result-of-no-packet', detail };
  if (!equalBytes(packet.packet_hash, fromHex(verdict.packetHash))) {
    return { code: 'result-of-another-packet', detail };
  }
  const verified = verifyResult(payload, deps);
  if (!verified.ok) return verified.error;
  const before = taken?.payload.verdict ?? storedVerdict(packet.message);
  if (before === undefined) return { packet, payload, message: messageBytes(message) };
  // Signatures differ from time to time, verdicts never.
  const isSame = canonicalJson(before) === canonicalJson(verdict);
  return isSame ? 'repeated' : { code: 'two-results-for-packet', detail };
}

async function store(tx: Executor, taken: readonly Taken[], now: Instant): Promise<void> {
  if (taken.length === 0) return;
  const receipts = taken.map(toReceipt);
  await insertReceipts(tx, receipts, now);
  for (const [index, { packet }] of taken.entries()) {
    const receipt = receipts[index];
    if (receipt?.investorCode === undefined) continue;
    const order = {
      sequence: packet.sequence,
      objectId: packet.object_id,
      version: packet.version,
      investorCode: receipt.investorCode,
      resultHash: receipt.messageHash,
    };
    await orderInvestorCode(tx, order, now);
  }
  const accepted = taken.filter(({ payload }) => payload.verdict.verdict === 'ACCEPTED');
  const objectIds = accepted.map(({ packet }) => packet.object_id);
  const mended = objectIds.length === 0 ? [] : await eventsInDoubt(tx, objectIds);
  await refreshFacts(tx, [...taken.map(({ packet }) => packet.event_id), ...mended]);
  await wake(tx, 'append', 'codes');
}

function toReceipt({ packet, payload, message }: Taken): NewReceipt {
  const { verdict } = payload;
  const isRequest = verdict.lane === 'subject' && verdict.verdict === 'ACCEPTED';
  return {
    lane: packet.lane,
    sequence: packet.sequence,
    packetHash: packet.packet_hash,
    verdict: verdict.verdict,
    code: verdict.code,
    field: verdict.field,
    investorCode: isRequest ? verdict.investorCode : undefined,
    supervisoryHeight: BigInt(payload.supervisoryHeight),
    message,
    messageHash: sm3(message),
  };
}
