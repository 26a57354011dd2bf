/** Facts of fund-settlement objects, for rendering and correction. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { PinnedReference } from './event-repository.ts';

export interface StoredFact {
  readonly eventId: Uuid;
  readonly securityId: Uuid;
  readonly sequence: bigint;
  readonly kind: string;
  readonly businessDate: LocalDate;
  readonly recordedAt: Instant;
  readonly transferId: Uuid;
  readonly line: number;
  readonly objectId: string;
  readonly version: bigint;
  readonly revision: bigint;
  readonly operation: 'create' | 'update' | 'overwrite';
  readonly atSeconds: bigint;
  readonly refs: readonly PinnedReference[];
  readonly salt: string;
  readonly figures: Readonly<Record<string, string>>;
}

export type CorrectableFact = StoredFact;

const columns = sql.raw(`e.event_id as "eventId", e.security_id as "securityId", e.sequence, e.kind,
  e.business_date as "businessDate", e.recorded_at as "recordedAt",
  e.transfer_id as "transferId", f.line, f.object_id as "objectId", f.version, f.revision,
  f.operation, f.at_seconds as "atSeconds", f.refs, f.salt, f.figures`);

/** In the order of the ids given; every event of settlement has exactly one fact. */
export async function factsOfEvents(
  db: Executor,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, StoredFact>> {
  const found = await sql<StoredFact>`
    select ${columns} from event e join object_fact f on f.event_id = e.event_id
    where e.event_id = any(${eventIds}::uuid[])`.execute(db);
  return new Map(found.rows.map((fact) => [fact.eventId, fact]));
}

/** The newest revision of the newest version. */
export async function latestFact(db: Executor, objectId: string): Promise<StoredFact | undefined> {
  const found = await sql<StoredFact>`
    select ${columns} from event e join object_fact f on f.event_id = e.event_id
    where f.object_id = ${objectId} order by f.version desc, f.revision desc limit 1`.execute(db);
  return found.rows[0];
}

/** Until the transaction ends nothing else is posted about the security of that object. */
export async function lockBookOf(tx: Executor, objectId: string): Promise<void> {
  await sql`
    select 1 from book where security_id = (
      select key_owner_id from object_fact where object_id = ${objectId} limit 1)
    for update`.execute(tx);
}

/** The fund-settlement object that a settled event created, at its latest version. */
export async function settlementObjectOf(
  db: Executor,
  eventId: string | null,
): Promise<{ readonly objectId: string; readonly version: string } | undefined> {
  if (eventId === null) return undefined;
  const found = await sql<{ objectId: string; version: string }>`
    select object_id as "objectId", max(version)::text as version from object_fact
    where object_id = (select object_id from object_fact where event_id = ${eventId})
    group by object_id`.execute(db);
  return found.rows[0];
}
