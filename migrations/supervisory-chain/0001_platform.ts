/** The platform tables of the supervisory side, and where its consumers stand. */
import type { Kysely } from 'kysely';
import { createConsumerOffset } from '../platform/inbox-tables.ts';
import { createPlatformTables } from '../platform/platform-tables.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlatformTables(db, { schema: 'supervisory' });
  await createConsumerOffset(db, { schema: 'supervisory' });
}
