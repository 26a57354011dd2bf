/** Delivering one batch until its consumer takes it. */
import type { Logger } from '#libs/log/log.ts';
import { pause } from '#libs/leadership/run-as-leader.ts';
import type { BusBatch } from './event-bus.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export interface Delivery {
  readonly handle: (batch: BusBatch) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Called between attempts, so that a broker does not take a waiting consumer for dead. */
  readonly heartbeat?: () => Promise<void>;
}

/** True when the consumer took the batch; false when it was told to stop before. */
export async function deliver(batch: BusBatch, delivery: Delivery): Promise<boolean> {
  for (let waitMs = FIRST_WAIT_MS; !delivery.signal.aborted; ) {
    try {
      await delivery.handle(batch);
      return true;
    } catch (error) {
      const { topic, partition } = batch;
      const offset = batch.messages[0]?.offset.toString();
      const place = { topic, partition, offset };
      delivery.log.error('batch not taken, to be redelivered', { error, ...place });
    }
    await pause(waitMs, delivery.signal);
    await delivery.heartbeat?.();
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  return false;
}
