// Sends headers and packets up the lanes, from what is stored, as often as is asked for.
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { EventBus, OutgoingMessage } from '#libs/event-bus/event-bus.ts';
import { upTopics } from '#libs/lane-messages/topics.ts';
import { ok, present } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { Alarm } from '../alarm.ts';
import type { CrashPoint } from '../crash-point.ts';
import { openDataKey, ownerName } from '../keys/data-keys.ts';
import {
  headerMessage,
  helloMessage,
  laneNumberOf,
  type LaneSender,
  packetMessages,
} from '../lanes/outgoing.ts';
import {
  advanceRepetition,
  frozenScopes,
  openRepetition,
  type Repetition,
} from '../repositories/control-repository.ts';
import {
  headerAt,
  type HeaderRow,
  headersFrom,
  lastHeader,
  markHeaderSent,
  relayState,
  saveOrigin,
} from '../repositories/header-repository.ts';
import { findOwnerKeys } from '../repositories/owner-key-repository.ts';
import {
  markSent,
  packetsAgain,
  type PacketToSend,
  resendUnseen,
  unsentPackets,
} from '../repositories/packet-repository.ts';
import { isLaneName } from '../lanes/lane-name.ts';

export interface RelayDeps extends LaneSender {
  readonly bus: EventBus;
  readonly recordKek: Uint8Array;
  readonly genesisHash: Uint8Array;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly crashPoint: CrashPoint;
  /** Longest silence on the header topic. */
  readonly headerEveryMs: number;
}

const HEADERS_MAX = 100;
const PACKETS_MAX = 100;

/** Says who is there; on a courier that has lost its memory, sends what nobody has confirmed. */
export async function greet<DB>(db: Database<DB>, deps: RelayDeps): Promise<void> {
  const { bus, clock } = deps;
  const topics = upTopics(deps.chainId);
  await bus.ensureTopics([topics.header, topics.data, topics.control]);
  const origin = await bus.origin();
  const state = await relayState(db);
  if (state.origin !== origin) {
    await inTransaction(db, 'read committed', async (tx) => {
      if (state.origin !== '') await resendUnseen(tx);
      await saveOrigin(tx, origin);
      return ok();
    });
  }
  const height = (await lastHeader(db))?.height ?? 0n;
  const hello = { genesisHash: deps.genesisHash, height, now: clock.now() };
  await bus.publish(topics.control.name, [helloMessage(deps, hello)]);
  if (state.sent_height > 0n) await sendHeaders(db, deps, state.sent_height, 1);
}

/** One round; true when something was sent. Errors: BusUnavailable. */
export async function relay<DB>(db: Database<DB>, deps: RelayDeps): Promise<boolean> {
  const frozen = await frozenScopes(db);
  const isFrozen = frozen.some(({ scope }) => scope === 'chain');
  const state = await relayState(db);
  const headers = await sendHeaders(db, deps, state.sent_height + 1n, HEADERS_MAX);
  if (headers === 0) await beat(db, deps);
  // A frozen chain takes headers as a sign of life, and nothing else.
  if (isFrozen) return headers > 0;
  const lanes = frozen.map(({ scope }) => (isLaneName(scope) ? laneNumberOf(scope) : 0));
  const sentHeight = (await relayState(db)).sent_height;
  const packets = await unsentPackets(db, sentHeight, lanes, PACKETS_MAX);
  await sendPackets(db, deps, packets);
  const repeated = await repeat(db, deps);
  return headers > 0 || packets.length > 0 || repeated;
}

async function sendHeaders<DB>(
  db: Database<DB>,
  deps: RelayDeps,
  from: bigint,
  limit: number,
): Promise<number> {
  const rows = await headersFrom(db, from, limit);
  const last = rows.at(-1);
  if (last === undefined) return 0;
  await publishHeaders(db, deps, rows);
  deps.crashPoint('link-after-header-send');
  await markHeaderSent(db, last.height, deps.clock.now());
  return rows.length;
}

async function publishHeaders<DB>(
  db: Database<DB>,
  deps: RelayDeps,
  rows: readonly HeaderRow[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  let treeSize = (await headerAt(db, first.height - 1n))?.tree_size ?? 0n;
  const messages: OutgoingMessage[] = [];
  for (const row of rows) {
    messages.push(headerMessage(deps, row, treeSize, deps.clock.now()));
    treeSize = row.tree_size;
  }
  deps.crashPoint('link-before-header-send');
  await deps.bus.publish(upTopics(deps.chainId).header.name, messages);
}

/** An equal height with an equal hash is the sign of life, and shows a gap that nobody noticed. */
async function beat<DB>(db: Database<DB>, deps: RelayDeps): Promise<void> {
  const { sent_height: height, header_at: at } = await relayState(db);
  if (height === 0n) return;
  const isSilent = at === null || at <= addMilliseconds(deps.clock.now(), -deps.headerEveryMs);
  if (isSilent) await sendHeaders(db, deps, height, 1);
}

async function sendPackets<DB>(
  db: Database<DB>,
  deps: RelayDeps,
  packets: readonly PacketToSend[],
): Promise<void> {
  if (packets.length === 0) return;
  const messages = await sealPackets(db, deps, packets);
  deps.crashPoint('link-before-packet-send');
  await deps.bus.publish(upTopics(deps.chainId).data.name, messages);
  deps.crashPoint('link-after-packet-send');
  await markSent(db, packets, deps.clock.now());
}

async function sealPackets(
  db: Executor,
  deps: RelayDeps,
  packets: readonly PacketToSend[],
): Promise<OutgoingMessage[]> {
  const owners = packets.map((packet) => ({
    kind: packet.key_owner_kind,
    id: packet.key_owner_id,
  }));
  const keys = await findOwnerKeys(db, deps.recordKek, owners);
  return packets.flatMap((packet) => {
    const owner = { kind: packet.key_owner_kind, id: packet.key_owner_id };
    const ownerKey = present(keys.get(ownerName(owner)), `the key of ${ownerName(owner)}`);
    const key = {
      objectId: packet.object_id,
      version: packet.version,
      revision: packet.revision,
    };
    const dataKey = present(
      openDataKey(ownerKey, key, packet.wrapped_key),
      'the data key of a packet',
    );
    return packetMessages(deps, packet, dataKey, deps.clock.now());
  });
}

/** A part of the oldest repetition that was asked for. */
async function repeat<DB>(db: Database<DB>, deps: RelayDeps): Promise<boolean> {
  const order = await openRepetition(db);
  if (order === undefined) return false;
  const sent = await sendAgain(db, deps, order);
  const next = sent ?? order.until + 1n;
  await advanceRepetition(db, order.id, next, deps.clock.now());
  return true;
}

/** The number to go on with; undefined when nothing is left. */
async function sendAgain<DB>(
  db: Database<DB>,
  deps: RelayDeps,
  { lane, next_sequence: from, until: to }: Repetition,
): Promise<bigint | undefined> {
  if (lane === null) {
    const { sent_height: sentHeight } = await relayState(db);
    const rows = (await headersFrom(db, from < 1n ? 1n : from, HEADERS_MAX)).filter(
      ({ height }) => height <= to && height <= sentHeight,
    );
    await publishHeaders(db, deps, rows);
    const last = rows.at(-1);
    return last === undefined ? undefined : last.height + 1n;
  }
  const packets = await packetsAgain(db, { lane, from, to }, PACKETS_MAX);
  const last = packets.at(-1);
  if (last === undefined) return undefined;
  await sendPackets(db, deps, packets);
  return last.sequence + 1n;
}
