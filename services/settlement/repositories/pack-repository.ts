/** Rendered packs and the wrapped keys under which they are kept. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { StoredFact } from './fact-repository.ts';

export interface Pack {
  readonly eventId: Uuid;
  readonly line: number;
  readonly sm3: Uint8Array;
  readonly sealed: Uint8Array;
  readonly rendererVersion: number;
  readonly renderedAt: Instant;
}

/** Kept as first rendered: a repetition changes nothing. */
export async function insertPack(tx: Executor, pack: Pack): Promise<void> {
  await sql`
    insert into object_pack (event_id, line, sm3, sealed, renderer_version, rendered_at)
    values (${pack.eventId}, ${pack.line}, ${pack.sm3}, ${pack.sealed}, ${pack.rendererVersion},
      ${pack.renderedAt})
    on conflict (event_id, line) do nothing`.execute(tx);
}

export type PackedFact = StoredFact & Pick<Pack, 'sm3' | 'sealed'>;

/** Consecutive rendered events of a book from a sequence on; stops before one not yet rendered. */
export async function packsFrom(
  db: Executor,
  securityId: string,
  fromSequence: bigint,
  limit: number,
): Promise<readonly PackedFact[]> {
  const found = await sql<PackedFact>`
    select e.event_id as "eventId", e.security_id as "securityId", e.sequence, e.kind,
      e.business_date as "businessDate", e.recorded_at as "recordedAt",
      e.transfer_id as "transferId", f.line, f.object_id as "objectId", f.version, f.revision,
      f.operation, f.at_seconds as "atSeconds", f.refs, f.salt, f.figures, p.sm3, p.sealed
    from event e
      join object_fact f on f.event_id = e.event_id
      join object_pack p on p.event_id = f.event_id and p.line = f.line
    where e.security_id = ${securityId} and e.sequence >= ${fromSequence}
    order by e.sequence limit ${limit}`.execute(db);
  let expected = fromSequence;
  const consecutive: PackedFact[] = [];
  for (const row of found.rows) {
    if (row.sequence !== expected) break;
    consecutive.push(row);
    expected += 1n;
  }
  return consecutive;
}

export async function findDataKey(
  db: Executor,
  securityId: string,
): Promise<Uint8Array | undefined> {
  const found = await sql<{ wrapped: Uint8Array }>`
    select wrapped from data_key
    where owner_kind = 'security' and owner_id = ${securityId}`.execute(db);
  return found.rows[0]?.wrapped;
}

/** Gives the key that stands, which is a rival's where one was first. */
export async function insertDataKey(
  tx: Executor,
  securityId: string,
  wrapped: Uint8Array,
  madeAt: Instant,
): Promise<Uint8Array> {
  await sql`
    insert into data_key (owner_kind, owner_id, wrapped, made_at)
    values ('security', ${securityId}, ${wrapped}, ${madeAt}) on conflict do nothing`.execute(tx);
  const stands = await findDataKey(tx, securityId);
  assert(stands !== undefined, 'a data key was stored and is not there');
  return stands;
}
