/** Seals the messages that go down to the market; they are stored and sent by the sender. */
import { type PayloadOf, sealEnvelope, type SpokenType } from '#libs/lane-messages/envelope.ts';
import { downTopics, laneKey, type LaneName } from '#libs/lane-messages/topics.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { SupervisoryParts } from '../parts.ts';
import type { Outgoing } from '../repositories/own-chain-repository.ts';

function seal<Type extends SpokenType>(
  parts: SupervisoryParts,
  type: Type,
  payload: PayloadOf<Type>,
  now: Instant,
): Uint8Array {
  return sealEnvelope(parts.gateway, type, payload, {
    source: parts.chainId,
    destination: parts.market.chainId,
    createdAt: now,
  });
}

/** A receipt travels under its lane's key, so that receipts of a lane keep their order. */
export function receipt<Type extends 'SEEN' | 'RESULT'>(
  parts: SupervisoryParts,
  type: Type,
  lane: LaneName,
  payload: PayloadOf<Type>,
  now: Instant,
): Outgoing {
  const { chainId } = parts.market;
  return {
    topic: downTopics(chainId).receipt.name,
    key: laneKey(chainId, lane),
    message: seal(parts, type, payload, now),
    chainId,
  };
}

export function checkpoint(
  parts: SupervisoryParts,
  payload: PayloadOf<'CHECKPOINT'>,
  now: Instant,
): Outgoing {
  const { chainId } = parts.market;
  const message = seal(parts, 'CHECKPOINT', payload, now);
  return { topic: downTopics(chainId).receipt.name, key: chainId, message, chainId };
}

export function control<Type extends 'RESYNC' | 'EVIDENCE' | 'FREEZE' | 'UNFREEZE'>(
  parts: SupervisoryParts,
  type: Type,
  payload: PayloadOf<Type>,
  now: Instant,
): Outgoing {
  const { chainId } = parts.market;
  const message = seal(parts, type, payload, now);
  return { topic: downTopics(chainId).control.name, key: chainId, message, chainId };
}
