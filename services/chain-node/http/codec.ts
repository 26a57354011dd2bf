/** Wire forms: base64, hexadecimal, decimal strings. */
import type { components } from '#libs/contracts/generated/chain-node.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import type { PublicKey, Validator } from '#libs/proof/validator-set.ts';
import { toHex } from '#libs/sm/hex.ts';
import { instantFromMilliseconds } from '#libs/time/instant.ts';
import { smallInteger } from '../domain/small-integer.ts';
import type { CertifiedBlock } from '../use-cases/read-chain.ts';

export type Wire = components['schemas'];

/** Node's own base64 is much faster on whole records than the browser-safe one. */
export function bytesToWire(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Undefined unless canonical base64. */
export function bytesFromWire(text: string): Uint8Array | undefined {
  const buffer = Buffer.from(text, 'base64');
  if (buffer.toString('base64') !== text) return undefined;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

export function certifiedHeaderToWire({
  block,
  certificate,
}: CertifiedBlock): Wire['CertifiedHeader'] {
  return {
    height: block.height.toString(),
    header: toBase64(block.headerBytes),
    headerHash: toHex(block.headerHash),
    certificate: certificateToJson(certificate),
    lanes: block.lanes.map((head) => ({
      lane: head.lane,
      lastSequence: head.lastSequence.toString(),
      lastPacketHash: toHex(head.lastPacketHash),
    })),
  };
}

export function keyToWire({ keyId, publicKey }: PublicKey): Wire['PublicKey'] {
  return { keyId, publicKey: toHex(publicKey) };
}

export function validatorToWire(member: Validator): Wire['Validator'] {
  return { ...keyToWire(member), weight: member.weight.toString() };
}

export function timeToWire(timeMs: bigint): string {
  return instantFromMilliseconds(smallInteger(timeMs));
}
