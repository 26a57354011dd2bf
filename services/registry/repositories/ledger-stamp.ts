/** What every posting carries: business date, recorded time, actor and the hash of the command. */
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface LedgerStamp {
  readonly effectiveOn: LocalDate;
  readonly recordedAt: Instant;
  /** As `actorKey` of #libs/http gives it. */
  readonly actor: string;
  /** SM3 of the canonical command; 32 bytes. */
  readonly payloadHash: Uint8Array;
}

export function stampValues(stamp: LedgerStamp): readonly unknown[] {
  return [stamp.effectiveOn, stamp.recordedAt, stamp.actor, Buffer.from(stamp.payloadHash)];
}
