/** The platform tables of the link: idempotency, audit, nonces, consumer offsets, inbox. */
import type { Kysely } from 'kysely';
import { createConsumerOffset, createInboxBookTables } from '../platform/inbox-tables.ts';
import { createPlatformTables } from '../platform/platform-tables.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlatformTables(db, { schema });
  await createConsumerOffset(db, { schema });
  await createInboxBookTables(db, { schema });
}
