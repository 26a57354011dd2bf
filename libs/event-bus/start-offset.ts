/** Where a consumer begins in a partition, given what it stored and what the broker has. */
import type { Logger } from '#libs/log/log.ts';

export interface PartitionBounds {
  readonly partition: number;
  /** First offset kept. */
  readonly first: bigint;
  /** Offset after the last message. */
  readonly next: bigint;
}

export interface StartOffset {
  readonly topic: string;
  readonly partition: number;
  readonly stored: bigint | undefined;
  readonly first: bigint;
  readonly next: bigint;
}

/** Never beyond what was taken: repeats fall at the inbox, a skipped message would be lost. */
export function startOffset(known: StartOffset, log: Logger): bigint {
  const { topic, partition, stored, first, next } = known;
  if (stored === undefined) return first;
  const place = { topic, partition, offset: stored, reason: `kept: ${first} to ${next}` };
  if (stored > next) {
    log.error('the bus ends before the stored offset, its topic was lost: read it all', place);
    return first;
  }
  if (stored < first) {
    log.error('the bus begins after the stored offset: messages expired unread', place);
    return first;
  }
  return stored;
}
