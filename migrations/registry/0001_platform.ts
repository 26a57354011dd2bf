/** The platform tables of the registry's schema: idempotency, audit, approvals, outbox. */
import type { Kysely } from 'kysely';
import { createOutboxTables } from '../platform/outbox-tables.ts';
import { createPlatformTables } from '../platform/platform-tables.ts';

const schema = 'registry';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlatformTables(db, { schema });
  await createOutboxTables(db, { schema });
}
