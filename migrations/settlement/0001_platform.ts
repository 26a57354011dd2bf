/** The platform tables of settlement: idempotency, audit, approvals, nonces, outbox. */
import type { Kysely } from 'kysely';
import { createOutboxTables } from '../platform/outbox-tables.ts';
import { createPlatformTables } from '../platform/platform-tables.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlatformTables(db, { schema: 'settlement' });
  await createOutboxTables(db, { schema: 'settlement' });
}
