/** Tells the engine that there is something to do, when the transaction commits. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';

export const ENGINE_CHANNEL = 'settlement_engine';

export async function notifyEngine(tx: Executor): Promise<void> {
  await sql`select pg_notify(${ENGINE_CHANNEL}, '')`.execute(tx);
}
