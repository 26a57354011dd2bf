/** Maker-checker (复核): what is asked for, by whom, and the hash of exactly what will execute. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';

export type ApprovalState = 'pending' | 'approved' | 'returned' | 'expired';
export type Decision = 'approve' | 'return';

/** JSON of plain values; quantities and amounts as decimal strings. */
export type Payload = Readonly<Record<string, unknown>>;

export interface Approval {
  readonly id: Uuid;
  readonly operation: string;
  readonly payload: Payload;
  /** 64 hexadecimal digits. */
  readonly payloadHash: string;
  readonly maker: string;
  readonly makerName: string | null;
  readonly madeAt: Instant;
  readonly expiresAt: Instant;
  readonly state: ApprovalState;
  readonly checker: string | null;
  readonly checkerName: string | null;
  readonly decidedAt: Instant | null;
  readonly opinion: string | null;
  readonly result: unknown;
}

/**
 * How payloads lie in the database. They hold personal data, so a service that has a key for its
 * personal columns seals them with it.
 */
export interface PayloadCipher {
  seal(plain: Uint8Array): Uint8Array;
  open(sealed: Uint8Array): Uint8Array;
}

/** For services whose payloads never hold personal data. */
export const plainPayloads: PayloadCipher = {
  seal: (plain) => plain,
  open: (sealed) => sealed,
};

/** SM3 over operation and payload together: approval of one thing is no approval of another. */
export function payloadHash(operation: string, payload: Payload): Uint8Array {
  return sm3(canonicalBytes({ label: 'QJ-APPROVAL-1', operation, payload }));
}

export function encodePayload(payload: Payload): Uint8Array {
  return canonicalBytes(payload);
}

/** Errors: throws where the bytes are not an object of JSON. */
export function decodePayload(bytes: Uint8Array): Payload {
  const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new TypeError('a payload is a JSON object');
  }
  return payload as Payload;
}
