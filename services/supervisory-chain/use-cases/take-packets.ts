/** Takes packets of the lanes as they come; what comes too soon waits, and follows in its turn. */
import type { Tx } from '#libs/db/database.ts';
import { unwrapAsRecipient } from '#libs/envelope/key-wrap.ts';
import { openRecord } from '#libs/envelope/record.ts';
import { fromBase64, type PayloadOf } from '#libs/lane-messages/envelope.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import type { ObjectRecord } from '#libs/proof/record-frame.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { SupervisoryParts } from '../parts.ts';
import { lockTaking } from '../repositories/own-chain-repository.ts';
import {
  countLanesToGoOn,
  dropPassed,
  dropWaiting,
  missingBefore,
  nextWaiting,
  storeWaiting,
} from '../repositories/waiting-repository.ts';
import type { OpenedMessages, PacketMessage } from './open-message.ts';
import { askAgain } from './take-header.ts';
import {
  acknowledge,
  type OfferedRecord,
  type OpenedSnapshot,
  type RecordTaken,
  takeRecords,
} from './take-records.ts';

/** One transaction's taking. */
export interface Round {
  readonly parts: SupervisoryParts;
  readonly tx: Tx<unknown>;
  readonly messages: OpenedMessages;
  /** Packets taken, by lane and in order: one SEEN tells of all. */
  readonly seen: Map<LaneName, TakenPacket[]>;
}

interface TakenPacket {
  readonly sequence: bigint;
  readonly hash: Uint8Array;
}

/** Packets of one lane that may wait for earlier ones; beyond, they are asked for again later. */
const waitingMax = 2_000;
/** Waiting packets looked at together, of all lanes. */
const waitingPage = 64;

/** How much of what waits one transaction takes; the rest follows in the next. */
export interface WaitingBudget {
  readonly packets: number;
  readonly ms: number;
}

export const waitingBudget: WaitingBudget = { packets: 200, ms: 500 };

export async function takePackets(round: Round, packets: readonly PacketMessage[]): Promise<void> {
  const { parts, tx, messages } = round;
  const { chainId } = parts.market;
  const outcomes = await offer(round, packets);
  const early = packets.filter((_, index) => mayComeLater(outcomes[index]));
  const waiting = early.map((message) => ({
    lane: message.payload.lane,
    sequence: BigInt(message.payload.sequence),
    envelope: messages.keep(message),
  }));
  for (const lane of new Set(waiting.map((packet) => packet.lane))) {
    const ofLane = waiting.filter((packet) => packet.lane === lane);
    await storeWaiting(tx, chainId, ofLane, waitingMax, parts.clock.now());
  }
  const ahead = packets.filter((_, index) => outcomes[index] === 'ahead');
  await askMissing(round, ahead);
}

function mayComeLater(taken: RecordTaken | undefined): boolean {
  return taken === 'ahead' || taken === 'early' || taken === 'unproved';
}

async function offer(
  { parts, tx, seen }: Round,
  packets: readonly PacketMessage[],
): Promise<readonly RecordTaken[]> {
  const offered = packets.map(({ payload }) => toOffered(parts, payload));
  const outcomes = await takeRecords(parts, tx, offered);
  for (const [index, { payload }] of packets.entries()) {
    if (outcomes[index] !== 'taken') continue;
    const taken = { sequence: BigInt(payload.sequence), hash: fromHex(payload.packetHash) };
    const before = seen.get(payload.lane);
    if (before === undefined) seen.set(payload.lane, [taken]);
    else before.push(taken);
  }
  return outcomes;
}

/** Once per lane: all that lacks before the last one that came too soon. */
async function askMissing({ parts, tx }: Round, ahead: readonly PacketMessage[]): Promise<void> {
  const { chainId } = parts.market;
  const last = new Map<LaneName, bigint>();
  for (const { payload } of ahead) {
    const sequence = BigInt(payload.sequence);
    if (sequence > (last.get(payload.lane) ?? 0n)) last.set(payload.lane, sequence);
  }
  for (const [lane, sequence] of last) {
    const gap = await missingBefore(tx, chainId, { lane, sequence });
    if (gap !== undefined) await askAgain(parts, tx, { lane, ...gap }, parts.clock.now());
  }
}

/**
 * Takes what waits and can go on: a packet may come before the header that it stands under, before
 * its predecessor, or before what it builds on in another lane, and each one taken may bring in the
 * next. How many were taken; once the budget is spent, more may be left.
 */
export async function takeWaiting(round: Round, budget: WaitingBudget): Promise<number> {
  const { parts, tx } = round;
  const { chainId } = parts.market;
  const until = addMilliseconds(parts.clock.now(), budget.ms);
  let count = 0;
  await dropPassed(tx, chainId);
  while (count < budget.packets && parts.clock.now() <= until) {
    const taken = await takeNextWaiting(round, budget.packets - count);
    if (taken === 0) break;
    count += taken;
  }
  return count;
}

/** Some of every lane, in the order of the chain: nothing there comes before what it builds on. */
async function takeNextWaiting(round: Round, most: number): Promise<number> {
  const { parts, tx, messages } = round;
  const { chainId } = parts.market;
  const lanes = await countLanesToGoOn(tx, chainId);
  if (lanes === 0) return 0;
  // A lane that cannot go on after all leaves the others their share.
  const perLane = Math.max(1, Math.floor(Math.min(most, waitingPage) / lanes));
  const packets: PacketMessage[] = [];
  const done: { readonly lane: LaneName; readonly sequence: bigint }[] = [];
  for (const { lane, sequence, envelope } of await nextWaiting(tx, chainId, perLane)) {
    const opened = messages.open(envelope);
    if (opened.ok && opened.value.type === 'PACKET') packets.push(opened.value);
    else done.push({ lane, sequence });
  }
  packets.sort((a, b) => (BigInt(a.payload.leafIndex) < BigInt(b.payload.leafIndex) ? -1 : 1));
  const outcomes = await offer(round, packets);
  for (const [index, { payload }] of packets.entries()) {
    if (mayComeLater(outcomes[index])) continue;
    done.push({ lane: payload.lane, sequence: BigInt(payload.sequence) });
  }
  await dropWaiting(tx, chainId, done);
  return outcomes.filter((outcome) => outcome === 'taken').length;
}

/** As `takeWaiting`, in a transaction of its own. */
export async function takeMoreWaiting(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  messages: OpenedMessages,
  budget: WaitingBudget = waitingBudget,
): Promise<number> {
  const round: Round = { parts, tx, messages, seen: new Map() };
  await lockTaking(tx);
  const taken = await takeWaiting(round, budget);
  await acknowledgeAll(round);
  return taken;
}

/** One SEEN per lane over what this transaction has taken. */
export async function acknowledgeAll({ parts, tx, seen }: Round): Promise<void> {
  for (const [lane, hashes] of seen) await acknowledge(parts, tx, lane, hashes);
}

function toOffered(parts: SupervisoryParts, payload: PayloadOf<'PACKET'>): OfferedRecord {
  return {
    lane: payload.lane,
    record: fromBase64(payload.record),
    height: BigInt(payload.height),
    leafIndex: BigInt(payload.leafIndex),
    treeSize: BigInt(payload.treeSize),
    inclusionPath: payload.inclusionPath.map(fromHex),
    after: payload.after.map(({ lane, sequence }) => ({ lane, sequence: BigInt(sequence) })),
    open: (record) => openWrapped(parts, record, fromBase64(payload.wrappedKey)),
    via: 'lane',
  };
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
