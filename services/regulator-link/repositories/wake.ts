// Tells the loops that there is work for them, once the transaction commits.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';

export const wakeChannel = 'regulator_link';

/** The loops by the work they wait for. */
export type Work = 'fetch' | 'append' | 'prove' | 'relay' | 'codes';

export async function wake(tx: Executor, ...works: readonly Work[]): Promise<void> {
  for (const work of works) {
    await prepared(tx, 'link_wake', 'select pg_notify($1, $2)', [wakeChannel, work]);
  }
}
