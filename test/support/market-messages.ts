// The messages of a played market, as its gateway would send them up the lanes.
import { wrapForRecipient } from '#libs/envelope/key-wrap.ts';
import type { BusBatch } from '#libs/event-bus/event-bus.ts';
import {
  type PayloadOf,
  sealEnvelope,
  type SpokenType,
  toBase64,
} from '#libs/lane-messages/envelope.ts';
import { laneNames } from '#libs/lane-messages/topics.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { expectOk } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { systemClock } from '#libs/time/clock.ts';
import { smSuite } from './sm-suite.ts';
import type { PlayedMarket, SupervisoryRig } from './supervisory-rig.ts';

type Made = ReturnType<PlayedMarket['record']>;

/** Under the key that the rig trusts as the market's gateway. */
function seal<Type extends SpokenType>(
  rig: SupervisoryRig,
  type: Type,
  payload: PayloadOf<Type>,
): Uint8Array {
  const { parts } = rig;
  return sealEnvelope(parts.gateway, type, payload, {
    source: parts.market.chainId,
    destination: parts.chainId,
    createdAt: systemClock.now(),
  });
}

/** The market's last header. */
export function headerMessage(rig: SupervisoryRig): Uint8Array {
  const { header, certificate, consistencyPath, lanes } = rig.market.offeredHeader();
  const { height } = expectOk(decodeHeader(header), 'the header of a played market');
  return seal(rig, 'HEADER', {
    height: height.toString(),
    header: toBase64(header),
    certificate: [...certificateToJson(certificate)],
    consistency: { fromSize: '0', path: consistencyPath.map(toHex) },
    lanes: lanes.map((head) => ({
      lane: laneNames[head.lane - 1] ?? 'subject',
      sequence: head.lastSequence.toString(),
      packetHash: toHex(head.lastPacketHash),
    })),
  });
}

/** The record with this leaf of the market's last block. */
export function packetMessage(
  rig: SupervisoryRig,
  made: Made,
  leafIndex: bigint,
  after: PayloadOf<'PACKET'>['after'] = [],
): Uint8Array {
  const offered = rig.market.offered(made, leafIndex);
  const decoded = expectOk(decodeRecord(made.record), 'a record of a played market');
  if (decoded.kind !== 'object') throw new Error('only objects travel in packets');
  const { frame } = decoded;
  const recordHash = leafHash(smSuite, made.record);
  const hash = packetHash(smSuite, {
    chainId: rig.parts.market.chainId,
    lane: frame.lane,
    sequence: frame.laneSequence,
    previousPacketHash: frame.previousPacketHash,
    recordHash,
  });
  return seal(rig, 'PACKET', {
    lane: made.lane,
    sequence: frame.laneSequence.toString(),
    previousPacketHash: toHex(frame.previousPacketHash),
    packetHash: toHex(hash),
    record: toBase64(made.record),
    recordHash: toHex(recordHash),
    height: offered.height.toString(),
    leafIndex: leafIndex.toString(),
    treeSize: offered.treeSize.toString(),
    inclusionPath: offered.inclusionPath.map(toHex),
    wrappedKey: toBase64(wrapForRecipient(rig.parts.decryptor.publicKey, made.dataKey)),
    after,
  });
}

export function batchOf(values: readonly Uint8Array[]): BusBatch {
  const messages = values.map((value, index) => ({
    offset: BigInt(index),
    key: 'zhejiang',
    value,
    headers: {},
  }));
  return { origin: 'test', topic: 'xc.data.zhejiang', partition: 0, messages };
}
