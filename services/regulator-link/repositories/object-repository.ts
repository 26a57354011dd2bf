// Sealed objects, parked ones, and the queue of those that wait for their place on the chain.
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';
import {
  type ObjectKey,
  revisionName,
  versionName,
  type VersionKey,
} from '../domain/object-key.ts';
import type { Operation } from '../domain/readiness.ts';
import type { KeyOwner } from '../keys/data-keys.ts';
import type { ObjectClass } from '#libs/cross-chain-model/object.ts';

export interface SealedObject extends ObjectKey {
  readonly eventId: string;
  readonly schemaVersion: string;
  readonly owner: KeyOwner;
  readonly references: readonly VersionKey[];
  readonly corrects: bigint | undefined;
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
  readonly snapshotHash: Uint8Array;
  readonly fieldTreeRoot: Uint8Array;
  readonly sealKeyId: string;
}

const INSERT_SEALED = `
  insert into sealed_object (object_id, version, revision, event_id, schema_version,
    key_owner_kind, key_owner_id, refs, corrects, wrapped_key, sealed, snapshot_hash,
    field_tree_root, seal_key_id, sealed_at)
  select o.*, $15::timestamptz from unnest($1::text[], $2::integer[], $3::integer[], $4::uuid[], $5::text[],
    $6::text[], $7::uuid[], $8::jsonb[], $9::bigint[], $10::bytea[], $11::bytea[], $12::bytea[],
    $13::bytea[], $14::text[]) as o`;

const INSERT_QUEUE = `
  insert into append_queue (object_id, version, revision, event_id, size_bytes, queued_at)
  select o.object_id, o.version, o.revision, o.event_id, o.size_bytes, $6::timestamptz
    from unnest($1::text[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[])
      with ordinality as o(object_id, version, revision, event_id, size_bytes, place)
   order by o.place`;

const UNPARK = `
  delete from parked_object p using unnest($1::text[], $2::integer[], $3::integer[])
      as o(object_id, version, revision)
   where p.object_id = o.object_id and p.version = o.version and p.revision = o.revision`;

/** In order: their places in the queue follow it. */
export async function insertSealed(
  tx: Executor,
  objects: readonly SealedObject[],
  now: Instant,
): Promise<void> {
  const keys = [
    objects.map((object) => object.objectId),
    objects.map((object) => object.version),
    objects.map((object) => object.revision),
  ];
  const events = objects.map((object) => object.eventId);
  await prepared(tx, 'link_sealed_insert', INSERT_SEALED, [
    ...keys,
    events,
    objects.map((object) => object.schemaVersion),
    objects.map((object) => object.owner.kind),
    objects.map((object) => object.owner.id),
    objects.map((object) => JSON.stringify(object.references)),
    objects.map((object) => object.corrects?.toString() ?? null),
    objects.map((object) => Buffer.from(object.wrappedKey)),
    objects.map((object) => Buffer.from(object.sealed)),
    objects.map((object) => Buffer.from(object.snapshotHash)),
    objects.map((object) => Buffer.from(object.fieldTreeRoot)),
    objects.map((object) => object.sealKeyId),
    now,
  ]);
  const sizes = objects.map((object) => object.sealed.length);
  await prepared(tx, 'link_queue_insert', INSERT_QUEUE, [...keys, events, sizes, now]);
  await prepared(tx, 'link_unpark', UNPARK, keys);
}

export interface ParkedObject extends ObjectKey {
  readonly eventId: string;
  readonly code: string;
  readonly field: string | undefined;
}

const PARK = `
  insert into parked_object (object_id, version, revision, event_id, code, field, attempts, parked_at)
  values ($1, $2, $3, $4, $5, $6, 1, $7)
  on conflict (object_id, version, revision) do update
    set code = excluded.code, field = excluded.field, attempts = parked_object.attempts + 1`;

export async function parkObject(tx: Executor, parked: ParkedObject, now: Instant): Promise<void> {
  const { objectId, version, revision, eventId, code, field } = parked;
  const values = [objectId, version, revision, eventId, code, field?.slice(0, 512) ?? null, now];
  await prepared(tx, 'link_park', PARK, values);
}

const TO_APPEND = `
  select exists (select from append_queue where blocked_on is null)
      or exists (select from result_queue where queued_at <= $1) as found`;

/** Whether a batch could be made now; spares the lanes' locks while there is nothing. */
export async function hasSomethingToAppend(db: Executor, resultsUntil: Instant): Promise<boolean> {
  const { found } = await preparedOne<{ found: boolean }>(db, 'link_to_append', TO_APPEND, [
    resultsUntil,
  ]);
  return found;
}

export interface QueuedRow {
  readonly ordinal: bigint;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly event_id: string;
  readonly size_bytes: number;
  readonly class: ObjectClass;
  readonly operation: Operation;
  readonly refs: readonly VersionKey[];
  /** An earlier revision of the object that is blocked, by its name. */
  readonly held_back_by: string | null;
}

const READY = `
  with ready as (
    select ordinal, object_id, version, revision, event_id, size_bytes from append_queue
     where blocked_on is null order by ordinal limit $1
  )
  select q.ordinal, q.object_id, q.version, q.revision, q.event_id::text as event_id, q.size_bytes,
         a.class, a.operation, s.refs, (
           select e.object_id || '/' || e.version || '/' || e.revision
             from append_queue e
             join announced_object ea using (object_id, version, revision)
             join fact ef on ef.event_id = e.event_id
            where e.object_id = q.object_id and e.blocked_on is not null
              and (ef.sequence, ea.line) < (f.sequence, a.line)
            order by ef.sequence desc, ea.line desc limit 1) as held_back_by
    from ready q
    join announced_object a using (object_id, version, revision)
    join sealed_object s using (object_id, version, revision)
    join fact f on f.event_id = q.event_id
   order by f.book, f.sequence, a.line`;

/**
 * Those that have waited longest, in the order of their books: an event whose pack came late stands
 * in the queue behind what its book tells after it.
 */
export function unblockedQueue(db: Executor, limit: number): Promise<QueuedRow[]> {
  return prepared<QueuedRow>(db, 'link_queue_ready', READY, [limit]);
}

const REVISIONS = `
  select p.object_id, p.version, max(p.revision) as revision from packet p
    join unnest($1::text[], $2::integer[]) as o(object_id, version)
      on o.object_id = p.object_id and o.version = p.version
   group by p.object_id, p.version`;

/** The latest revision with a packet, by version name. */
export async function packetRevisions(
  db: Executor,
  versions: readonly VersionKey[],
): Promise<Map<string, number>> {
  const rows = await prepared<{ object_id: string; version: number; revision: number }>(
    db,
    'link_packet_revisions',
    REVISIONS,
    [versions.map((key) => key.objectId), versions.map((key) => key.version)],
  );
  return new Map(
    rows.map((row) => [
      versionName({ objectId: row.object_id, version: row.version }),
      row.revision,
    ]),
  );
}

const BLOCK = `
  update append_queue q set blocked_on = b.blocked_on
    from unnest($1::bigint[], $2::text[]) as b(ordinal, blocked_on) where q.ordinal = b.ordinal`;

export async function blockQueued(
  tx: Executor,
  blocked: readonly { readonly ordinal: bigint; readonly on: string }[],
): Promise<void> {
  await prepared(tx, 'link_queue_block', BLOCK, [
    blocked.map(({ ordinal }) => ordinal.toString()),
    blocked.map(({ on }) => on),
  ]);
}

const UNBLOCK = `
  update append_queue set blocked_on = null where blocked_on = any($1::text[])
  returning event_id::text as event_id`;

/** Frees what waited for these versions and revisions; gives back the events concerned. */
export async function unblockQueued(tx: Executor, keys: readonly ObjectKey[]): Promise<string[]> {
  const names = keys.flatMap((key) => [versionName(key), revisionName(key)]);
  const rows = await prepared<{ event_id: string }>(tx, 'link_queue_unblock', UNBLOCK, [names]);
  return rows.map((row) => row.event_id);
}

const DEQUEUE = 'delete from append_queue where ordinal = any($1::bigint[])';

export async function dequeue(tx: Executor, ordinals: readonly bigint[]): Promise<void> {
  await prepared(tx, 'link_dequeue', DEQUEUE, [ordinals.map(String)]);
}

export interface StoredObject {
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly key_owner_kind: KeyOwner['kind'];
  readonly key_owner_id: string;
  readonly wrapped_key: Uint8Array;
  readonly sealed: Uint8Array;
  readonly snapshot_hash: Uint8Array;
  readonly field_tree_root: Uint8Array;
}

const STORED = `
  select s.object_id, s.version, s.revision, s.key_owner_kind, s.key_owner_id::text as key_owner_id,
         s.wrapped_key, s.sealed, s.snapshot_hash, s.field_tree_root
    from sealed_object s
    join unnest($1::text[], $2::integer[], $3::integer[]) as o(object_id, version, revision)
      on o.object_id = s.object_id and o.version = s.version and o.revision = s.revision`;

export async function storedObjects(
  db: Executor,
  keys: readonly ObjectKey[],
): Promise<Map<string, StoredObject>> {
  const rows = await prepared<StoredObject>(db, 'link_stored_objects', STORED, [
    keys.map((key) => key.objectId),
    keys.map((key) => key.version),
    keys.map((key) => key.revision),
  ]);
  return new Map(
    rows.map((row) => [
      revisionName({ objectId: row.object_id, version: row.version, revision: row.revision }),
      row,
    ]),
  );
}
