/** Forgets sessions and provider records that have expired. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Clock } from '#libs/time/clock.ts';
import { deleteExpiredOidcRecords } from './repositories/oidc-record-repository.ts';
import { deleteExpiredSessions } from './repositories/session-repository.ts';

const INTERVAL_MS = 60_000;

/** Runs until the signal is aborted; never rejects. */
export async function forgetExpired(options: {
  readonly db: Database<DB>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { db, clock, log, signal } = options;
  while (!signal.aborted) {
    try {
      await deleteExpiredSessions(db, clock.now());
      await deleteExpiredOidcRecords(db, clock.now());
    } catch (error) {
      log.warn('expired sign-ins not forgotten, to be tried again', { error });
    }
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
