// The messages that go up to the supervisory side, signed with the gateway key.
import { wrapForRecipient } from '#libs/envelope/key-wrap.ts';
import type { OutgoingMessage } from '#libs/event-bus/event-bus.ts';
import { splitIntoChunks, wholeBytesMax } from '#libs/lane-messages/chunks.ts';
import {
  type PayloadOf,
  sealEnvelope,
  type SpokenType,
  toBase64,
} from '#libs/lane-messages/envelope.ts';
import { laneKey, type LaneName, laneNames } from '#libs/lane-messages/topics.ts';
import { decodeLaneTable } from '#libs/proof/lane-table.ts';
import { expectOk, present } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Signer, Sm2PublicKey } from '#libs/sm/sm2.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { HeaderRow } from '../repositories/header-repository.ts';
import type { PacketToSend } from '../repositories/packet-repository.ts';

export interface LaneSender {
  readonly gateway: Signer;
  readonly chainId: string;
  readonly supervisoryChainId: string;
  /** The supervisory side's decryption key; never one that signs. */
  readonly encryptionKey: Sm2PublicKey;
}

const HASH_BYTES = 32;

export function laneNameOf(lane: number): LaneName {
  return present(laneNames[lane - 1], `the name of lane ${lane}`);
}

export function laneNumberOf(name: LaneName): number {
  return laneNames.indexOf(name) + 1;
}

/** Hashes that stand one after the other. */
export function hashesIn(bytes: Uint8Array): readonly string[] {
  const hex = toHex(bytes);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, index) =>
    hex.slice(2 * HASH_BYTES * index, 2 * HASH_BYTES * (index + 1)),
  );
}

function sealed<Type extends SpokenType>(
  sender: LaneSender,
  type: Type,
  payload: PayloadOf<Type>,
  now: Instant,
): Uint8Array {
  return sealEnvelope(sender.gateway, type, payload, {
    source: sender.chainId,
    destination: sender.supervisoryChainId,
    createdAt: now,
  });
}

export function helloMessage(
  sender: LaneSender,
  hello: { readonly genesisHash: Uint8Array; readonly height: bigint; readonly now: Instant },
): OutgoingMessage {
  const payload = {
    chainId: sender.chainId,
    genesisHash: toHex(hello.genesisHash),
    height: hello.height.toString(),
    modelVersions: ['2.0.0'],
  };
  return { key: sender.chainId, value: sealed(sender, 'HELLO', payload, hello.now) };
}

/** The consistency path starts at the tree of the header before, whatever was sent last. */
export function headerMessage(
  sender: LaneSender,
  row: HeaderRow,
  previousTreeSize: bigint,
  now: Instant,
): OutgoingMessage {
  const lanes = expectOk(decodeLaneTable(row.lanes), 'a stored lane table');
  const payload = {
    height: row.height.toString(),
    header: toBase64(row.header),
    certificate: row.certificate,
    consistency: {
      fromSize: previousTreeSize.toString(),
      path: [...hashesIn(row.consistency_path)],
    },
    lanes: lanes.map((head) => ({
      lane: laneNameOf(head.lane),
      sequence: head.lastSequence.toString(),
      packetHash: toHex(head.lastPacketHash),
    })),
  };
  return { key: sender.chainId, value: sealed(sender, 'HEADER', payload, now) };
}

/** One message, or several CHUNKs of it; the record's key is wrapped for this delivery alone. */
export function packetMessages(
  sender: LaneSender,
  packet: PacketToSend,
  dataKey: Uint8Array,
  now: Instant,
): readonly OutgoingMessage[] {
  const lane = laneNameOf(packet.lane);
  const payload = {
    lane,
    sequence: packet.sequence.toString(),
    previousPacketHash: toHex(packet.previous_packet_hash),
    packetHash: toHex(packet.packet_hash),
    record: toBase64(packet.record),
    recordHash: toHex(packet.record_hash),
    height: packet.height.toString(),
    leafIndex: packet.leaf_index.toString(),
    treeSize: packet.tree_size.toString(),
    inclusionPath: [...hashesIn(packet.inclusion_path)],
    wrappedKey: toBase64(wrapForRecipient(sender.encryptionKey, dataKey)),
    after: packet.after,
  };
  const whole = sealed(sender, 'PACKET', payload, now);
  const key = laneKey(sender.chainId, lane);
  if (whole.length <= wholeBytesMax) return [{ key, value: whole }];
  return splitIntoChunks(whole).map((chunk) => ({
    key,
    value: sealed(sender, 'CHUNK', chunk, now),
  }));
}
