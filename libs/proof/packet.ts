/** The packet hash: what is fixed about a lane's packet when its record is appended. */
import { ByteWriter } from './bytes.ts';
import { HASH_BYTES, type Suite } from './suite.ts';

const LABEL = 'QJ-PACKET-1';

export interface PacketIdentity {
  readonly chainId: string;
  readonly lane: number;
  /** From 1, without a gap. */
  readonly sequence: bigint;
  /** Zeros in front of the first packet of a lane. */
  readonly previousPacketHash: Uint8Array;
  readonly recordHash: Uint8Array;
}

export function packetHash(suite: Suite, packet: PacketIdentity): Uint8Array {
  const bytes = new ByteWriter()
    .label(LABEL)
    .shortText(packet.chainId)
    .u8(packet.lane)
    .u64(packet.sequence)
    .bytes(packet.previousPacketHash, HASH_BYTES)
    .bytes(packet.recordHash, HASH_BYTES)
    .end();
  return suite.sm3(bytes);
}
