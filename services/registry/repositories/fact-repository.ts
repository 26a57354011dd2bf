/** Facts of regulator objects as they were appended, read again for a correction. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { NewObjectFact, ObjectClass } from '../domain/object-fact.ts';

interface FactRow {
  readonly object_id: string;
  readonly version: bigint;
  readonly revision: bigint;
  readonly class: ObjectClass;
  readonly operation: NewObjectFact['operation'];
  readonly key_owner_kind: 'subject' | 'security';
  readonly key_owner_id: Uuid;
  readonly refs: readonly { path: string; objectId: string; version: string }[];
  readonly figures: NewObjectFact['figures'];
}

/** The latest revision of the latest version. */
export async function latestFact(
  db: Executor,
  objectId: string,
): Promise<NewObjectFact | undefined> {
  const text = `
    select object_id, version, revision, class, operation, key_owner_kind, key_owner_id, refs, figures
    from object_fact where object_id = $1 order by version desc, revision desc limit 1`;
  const [row] = await prepared<FactRow>(db, 'fact_latest', text, [objectId]);
  if (row === undefined) return undefined;
  return {
    objectId: row.object_id,
    version: row.version,
    revision: row.revision,
    class: row.class,
    operation: row.operation,
    keyOwner: { kind: row.key_owner_kind, id: row.key_owner_id },
    references: row.refs.map(({ path, objectId: id, version }) => ({
      path,
      objectId: id,
      version: BigInt(version),
    })),
    figures: row.figures,
  };
}

/** The row that the postings of the parties lock first, before any subject or account. */
export async function lockPartiesBook(tx: Executor): Promise<void> {
  await prepared(tx, 'parties_lock', 'select 1 from parties_book for update');
}
