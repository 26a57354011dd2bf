// Takes what the supervisory side asks for: repetitions, freezes and their end, evidence of its
// own.
import type { Executor } from '#libs/db/database.ts';
import type { BusBatch } from '#libs/event-bus/event-bus.ts';
import type { LaneMessage } from '#libs/lane-messages/envelope.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Instant } from '#libs/time/instant.ts';
import { laneNumberOf } from '../lanes/outgoing.ts';
import { messageBytes, openDown } from '../lanes/receipts.ts';
import { freeze, orderRepetition, unfreeze } from '../repositories/control-repository.ts';
import { keepEvidence } from '../repositories/evidence-repository.ts';
import { headerAt, lastHeader } from '../repositories/header-repository.ts';
import { lastSequence } from '../repositories/packet-repository.ts';
import { wake } from '../repositories/wake.ts';
import type { ReceivingDeps } from './receive-receipts.ts';

type Of<Type extends LaneMessage['type']> = Extract<LaneMessage, { type: Type }>;

/** The effect of one batch from the downward control topic. */
export async function receiveControl(
  tx: Executor,
  batch: BusBatch,
  deps: ReceivingDeps,
): Promise<void> {
  for (const { offset, value } of batch.messages) {
    const origin = `${batch.topic}/${batch.partition}@${offset}`;
    const opened = openDown(value, deps);
    const now = deps.clock.now();
    if (opened.ok) {
      await takeMessage(tx, deps, { message: opened.value, origin, now });
    } else {
      deps.alarm('control-refused', { code: opened.error, topic: origin });
      const refused = { origin, sm3: sm3(value), code: opened.error, detail: '' };
      await keepEvidence(tx, now, refused);
    }
  }
}

interface Arrival {
  readonly message: LaneMessage;
  readonly origin: string;
  readonly now: Instant;
}

async function takeMessage(tx: Executor, deps: ReceivingDeps, arrival: Arrival): Promise<void> {
  const { message, now } = arrival;
  switch (message.type) {
    case 'RESYNC':
      return takeResync(tx, message, now);
    case 'FREEZE':
      return takeFreeze(tx, deps, message, arrival);
    case 'UNFREEZE':
      return takeUnfreeze(tx, deps, message, arrival);
    case 'EVIDENCE':
      deps.alarm('evidence-received', { reason: message.payload.kind });
      return keep(tx, arrival, 'evidence-received', message.payload.kind);
    case 'HELLO':
      return;
    default:
      deps.alarm('control-refused', { code: 'unexpected-message', reason: message.type });
      return keep(tx, arrival, 'unexpected-message', message.type);
  }
}

async function keep(
  tx: Executor,
  { message, origin, now }: Arrival,
  code: string,
  detail: string,
): Promise<void> {
  const bytes = messageBytes(message);
  await keepEvidence(tx, now, { origin, sm3: sm3(bytes), code, detail, message: bytes });
}

/** Bounded by what there is: an order beyond the end of a lane means up to its end. */
async function takeResync(tx: Executor, { payload }: Of<'RESYNC'>, now: Instant): Promise<void> {
  const lane = payload.lane === undefined ? null : laneNumberOf(payload.lane);
  if (lane !== null && lane > 6) return;
  const end = lane === null ? ((await lastHeader(tx))?.height ?? 0n) : await lastSequence(tx, lane);
  const asked = payload.to === undefined ? end : BigInt(payload.to);
  const until = asked < end ? asked : end;
  const given = BigInt(payload.from);
  const from = given < 1n ? 1n : given;
  if (from > until) return;
  await orderRepetition(tx, { lane, from, until, reason: payload.reason }, now);
  await wake(tx, 'relay');
}

async function takeFreeze(
  tx: Executor,
  deps: ReceivingDeps,
  { payload }: Of<'FREEZE'>,
  arrival: Arrival,
): Promise<void> {
  if (payload.chainId !== deps.chainId) return keep(tx, arrival, 'freeze-of-another-chain', '');
  const scope = payload.lane ?? 'chain';
  deps.alarm('frozen', { lane: scope, height: payload.height, reason: payload.reason });
  await freeze(tx, { scope, height: BigInt(payload.height), reason: payload.reason }, arrival.now);
  await keep(tx, arrival, 'frozen', scope);
}

/** Only with a header that is ours: one that is not would have us go on from another history. */
async function takeUnfreeze(
  tx: Executor,
  deps: ReceivingDeps,
  { payload }: Of<'UNFREEZE'>,
  arrival: Arrival,
): Promise<void> {
  const row = await headerAt(tx, BigInt(payload.height));
  const isOurs = row !== undefined && toHex(row.header_hash) === payload.headerHash;
  if (payload.chainId !== deps.chainId || !isOurs) {
    deps.alarm('control-refused', { code: 'unfreeze-with-another-header', height: payload.height });
    return keep(tx, arrival, 'unfreeze-with-another-header', payload.height);
  }
  const scope = payload.lane ?? 'chain';
  await unfreeze(tx, scope, arrival.now);
  await keep(tx, arrival, 'unfrozen', scope);
  await wake(tx, 'relay');
}
