// Signed envelopes of the lanes between the business chain and the supervisory chain.
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { isMessage, type MessageName, type MessageSchemas } from './schemas.ts';

export type LaneEnvelope = MessageSchemas['LaneEnvelope'];
export type LaneMessageType = LaneEnvelope['type'];

/** Payload schema of each message type that this version speaks. */
export const payloadSchemas = {
  HELLO: 'HelloPayload',
  HEADER: 'HeaderPayload',
  PACKET: 'PacketPayload',
  CHUNK: 'ChunkPayload',
  SEEN: 'SeenPayload',
  RESULT: 'ResultPayload',
  CHECKPOINT: 'CheckpointPayload',
  RESYNC: 'ResyncPayload',
  EVIDENCE: 'EvidencePayload',
  FREEZE: 'FreezePayload',
  UNFREEZE: 'UnfreezePayload',
} as const satisfies Partial<Record<LaneMessageType, MessageName>>;

export type SpokenType = keyof typeof payloadSchemas;
export type PayloadOf<Type extends SpokenType> = MessageSchemas[(typeof payloadSchemas)[Type]];

/** One opened message: type and payload checked, signature verified. */
export type LaneMessage = {
  [Type in SpokenType]: {
    readonly type: Type;
    readonly payload: PayloadOf<Type>;
    readonly envelope: LaneEnvelope;
  };
}[SpokenType];

export interface EnvelopeFields {
  source: string;
  destination: string;
  createdAt: string;
  dueAt?: string;
}

export type EnvelopeFault =
  | 'malformed-envelope'
  | 'unknown-message-type'
  | 'malformed-payload'
  | 'wrong-chain'
  | 'unknown-key'
  | 'bad-signature';

const bytesMax = 1_500_000;
const label = new TextEncoder().encode('QJ-LANE-1');

/** Base64 of bytes, as the lanes carry them. */
export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');

function signedBytes(envelope: Omit<LaneEnvelope, 'signature'>): Uint8Array {
  return Buffer.concat([label, canonicalBytes(envelope)]);
}

/** Canonical bytes of a signed envelope around the payload. */
export function sealEnvelope<Type extends SpokenType>(
  signer: Signer,
  type: Type,
  payload: PayloadOf<Type>,
  fields: EnvelopeFields,
): Uint8Array {
  const unsigned = { version: '1' as const, type, ...fields, keyId: signer.keyId, payload };
  const signature = toBase64(signer.sign(signedBytes(unsigned as never)));
  return canonicalBytes({ ...unsigned, signature });
}

export interface EnvelopeTrust {
  source: string;
  destination: string;
  /** The public key valid for the id now, if any. */
  keyOf: (keyId: string) => Uint8Array | undefined;
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.byteLength > bytesMax) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Opens an envelope in the order of chain rule 8.1: shape, chains, key, signature, payload.
 * Errors: malformed-envelope, wrong-chain, unknown-key, bad-signature, unknown-message-type,
 * malformed-payload.
 */
export function openEnvelope(
  bytes: Uint8Array,
  trust: EnvelopeTrust,
): Result<LaneMessage, EnvelopeFault> {
  const value = parse(bytes);
  if (!isMessage('LaneEnvelope', value)) return err('malformed-envelope');
  if (value.source !== trust.source || value.destination !== trust.destination) {
    return err('wrong-chain');
  }
  const publicKey = trust.keyOf(value.keyId);
  if (publicKey === undefined) return err('unknown-key');
  const { signature, ...unsigned } = value;
  const der = fromBase64(signature);
  // Base64 has several spellings of the same bytes; a message has one.
  if (toBase64(der) !== signature) return err('bad-signature');
  if (!trust.verify(publicKey, signedBytes(unsigned), der)) return err('bad-signature');
  const schema = payloadSchemas[value.type as SpokenType];
  if (schema === undefined) return err('unknown-message-type');
  if (!isMessage(schema, value.payload)) return err('malformed-payload');
  return ok({ type: value.type, payload: value.payload, envelope: value } as LaneMessage);
}
