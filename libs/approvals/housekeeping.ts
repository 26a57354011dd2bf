/** The platform tables' regular work: expiring requests, sealing the audit trail, forgetting. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { sealAuditRecords } from '#libs/audit/seal.ts';
import type { Database } from '#libs/db/database.ts';
import { forgetOldRows } from '#libs/db/housekeeping.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Clock } from '#libs/time/clock.ts';
import { expireApprovals } from './approvals.ts';

export interface HousekeepingOptions<DB> {
  readonly db: Database<DB>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The service's name: what it does here is audited under it. */
  readonly service: string;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

const INTERVAL_MS = 5_000;

/**
 * Runs until the signal is aborted; never rejects. Every instance of a service may run it: each
 * piece of work is bounded and harmless to do twice.
 */
export async function runHousekeeping<DB>(options: HousekeepingOptions<DB>): Promise<void> {
  const { signal, log, intervalMs = INTERVAL_MS } = options;
  while (!signal.aborted) {
    try {
      await keepHouseOnce(options);
    } catch (error) {
      log.warn('housekeeping failed, to be tried again', { error });
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

export async function keepHouseOnce<DB>(
  options: Pick<HousekeepingOptions<DB>, 'db' | 'clock' | 'service'>,
): Promise<void> {
  const { db, clock, service } = options;
  const context: ActingContext = {
    actor: { kind: 'service', name: service },
    now: clock.now(),
    traceId: newUuid(),
  };
  await expireApprovals(db, context);
  await sealAuditRecords(db, context.now);
  await forgetOldRows(db, context.now);
}
