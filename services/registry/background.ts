/** The registry's work beside its calls: roster checks, and reservations past their deadline. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { pause } from '#libs/leadership/run-as-leader.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { RegistrySetting } from './use-cases/act.ts';
import { runNextJob } from './use-cases/check-roster.ts';
import { expireReservations } from './use-cases/return-reservations.ts';

export interface BackgroundParts {
  readonly db: Database<unknown>;
  readonly setting: RegistrySetting;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const JOB_POLL_MS = 300;
const SWEEP_MS = 1_000;
const EXPIRED_PER_SWEEP = 500;

/**
 * Runs until the signal is aborted; never rejects. Every instance may run it: jobs are taken under
 * a lease, and an expiry that was done already is not done again.
 */
export async function runBackground(parts: BackgroundParts): Promise<void> {
  await Promise.all([
    repeat(parts, JOB_POLL_MS, 'roster check', () =>
      runNextJob(parts.db, parts.setting, parts.clock),
    ),
    repeat(parts, SWEEP_MS, 'expiry of reservations', () => sweep(parts)),
  ]);
}

/** Goes on at once while there is work, and after a wait when there is none or it failed. */
async function repeat(
  { log, signal }: BackgroundParts,
  waitMs: number,
  operation: string,
  work: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    let isBusy = false;
    try {
      isBusy = await work();
    } catch (error) {
      log.warn('background work failed, to be tried again', { operation, error });
    }
    if (!isBusy) await pause(waitMs, signal);
  }
}

async function sweep({ db, clock }: BackgroundParts): Promise<boolean> {
  const context: ActingContext = {
    actor: { kind: 'service', name: 'registry' },
    now: clock.now(),
    traceId: newUuid().replaceAll('-', ''),
  };
  const expired = await inTransaction(db, 'read committed', (tx) =>
    expireReservations(tx, context, EXPIRED_PER_SWEEP),
  );
  return expired.ok && expired.value === EXPIRED_PER_SWEEP;
}
