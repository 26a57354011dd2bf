/** Facts to render, the packs rendered from them, and the wrapped keys that seal those. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { KeyOwner, ObjectFact } from '../domain/object-fact.ts';
import { type Book, securityOf } from './event-repository.ts';

/** A journal entry with the facts of its objects; many entries have none. */
export interface FactualEvent {
  readonly eventId: Uuid;
  readonly book: Book;
  readonly sequence: bigint;
  readonly kind: string;
  readonly businessDate: LocalDate;
  readonly recordedAt: Instant;
  readonly facts: readonly ObjectFact[];
}

interface FactJson {
  readonly line: number;
  readonly object_id: string;
  readonly version: string;
  readonly revision: string;
  readonly class: ObjectFact['class'];
  readonly operation: ObjectFact['operation'];
  readonly schema_version: string;
  readonly at_seconds: string;
  readonly key_owner_kind: KeyOwner['kind'];
  readonly key_owner_id: Uuid;
  readonly refs: readonly { path: string; objectId: string; version: string }[];
  readonly salt: string;
  readonly corrects: string | null;
  readonly figures: ObjectFact['figures'];
}

interface EventRow {
  readonly event_id: Uuid;
  readonly security_id: Uuid | null;
  readonly sequence: bigint;
  readonly kind: string;
  readonly effective_on: LocalDate;
  readonly recorded_at: Instant;
  readonly facts: readonly FactJson[];
}

const EVENT_COLUMNS = `
  j.event_id, j.security_id, j.sequence, j.kind, j.effective_on, j.recorded_at, f.facts`;

const FACTS_OF_EVENT = `
  left join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('line', f.line, 'object_id', f.object_id,
      'version', f.version::text, 'revision', f.revision::text, 'class', f.class,
      'operation', f.operation, 'schema_version', f.schema_version,
      'at_seconds', f.at_seconds::text, 'key_owner_kind', f.key_owner_kind,
      'key_owner_id', f.key_owner_id, 'refs', f.refs, 'salt', f.salt,
      'corrects', f.corrects::text, 'figures', f.figures) order by f.line), '[]') as facts
    from object_fact f where f.event_id = j.event_id) f on true`;

export async function factsOfEvents(
  db: Executor,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, FactualEvent>> {
  const rows = await prepared<EventRow>(
    db,
    'pack_facts',
    `select ${EVENT_COLUMNS} from journal j ${FACTS_OF_EVENT} where j.event_id = any($1::uuid[])`,
    [[...eventIds]],
  );
  return new Map(rows.map((row) => [row.event_id, toEvent(row)]));
}

function toEvent(row: EventRow): FactualEvent {
  return {
    eventId: row.event_id,
    book: row.security_id === null ? 'parties' : `security:${row.security_id}`,
    sequence: row.sequence,
    kind: row.kind,
    businessDate: row.effective_on,
    recordedAt: row.recorded_at,
    facts: row.facts.map((fact) => toFact(row.event_id, fact)),
  };
}

function toFact(eventId: Uuid, fact: FactJson): ObjectFact {
  return {
    eventId,
    line: fact.line,
    objectId: fact.object_id,
    version: BigInt(fact.version),
    revision: BigInt(fact.revision),
    class: fact.class,
    operation: fact.operation,
    schemaVersion: fact.schema_version,
    timestampSeconds: BigInt(fact.at_seconds),
    keyOwner: { kind: fact.key_owner_kind, id: fact.key_owner_id },
    references: fact.refs.map(({ path, objectId, version }) => ({
      path,
      objectId,
      version: BigInt(version),
    })),
    salt: fact.salt,
    figures: fact.figures,
    ...(fact.corrects === null ? {} : { corrects: BigInt(fact.corrects) }),
  };
}

export interface NewPack {
  readonly eventId: Uuid;
  readonly book: Book;
  readonly sequence: bigint;
  readonly sealed: Uint8Array;
  /** SM3 of each object's canonical bytes, one after the other. */
  readonly digests: Uint8Array;
  readonly rendererVersion: number;
  readonly renderedAt: Instant;
}

/** A pack that stands is never replaced. */
export async function insertPacks(tx: Executor, packs: readonly NewPack[]): Promise<void> {
  await prepared(
    tx,
    'pack_insert',
    `insert into object_pack (event_id, book, sequence, sealed, digests, renderer_version,
       rendered_at)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[],
       $6::smallint[], $7::timestamptz[])
     on conflict do nothing`,
    [
      packs.map((pack) => pack.eventId),
      packs.map((pack) => pack.book),
      packs.map((pack) => pack.sequence),
      packs.map((pack) => Buffer.from(pack.sealed)),
      packs.map((pack) => Buffer.from(pack.digests)),
      packs.map((pack) => pack.rendererVersion),
      packs.map((pack) => pack.renderedAt),
    ],
  );
}

export interface StoredPack {
  readonly sealed: Uint8Array;
  readonly digests: Uint8Array;
}

export type PackedEvent = FactualEvent & { readonly pack: StoredPack };

type PackedRow = EventRow & { readonly sealed: Uint8Array; readonly digests: Uint8Array };

/** Consecutive rendered events of a book; stops before the first that is not rendered yet. */
export async function packsFrom(
  db: Executor,
  book: Book,
  fromSequence: bigint,
  limit: number,
): Promise<readonly PackedEvent[]> {
  const rows = await prepared<PackedRow>(
    db,
    'pack_page',
    `select ${EVENT_COLUMNS}, p.sealed, p.digests
     from journal j join object_pack p on p.event_id = j.event_id ${FACTS_OF_EVENT}
     where j.security_id is not distinct from $1 and j.sequence >= $2 and j.sequence < $2 + $3
     order by j.sequence`,
    [securityOf(book), fromSequence, limit],
  );
  const consecutive: PackedEvent[] = [];
  for (const row of rows) {
    if (row.sequence !== fromSequence + BigInt(consecutive.length)) break;
    const pack = { sealed: row.sealed, digests: row.digests };
    consecutive.push({ ...toEvent(row), pack });
  }
  return consecutive;
}

export const ownerKeyOf = ({ kind, id }: KeyOwner): string => `${kind}/${id}`;

export interface StoredKey {
  readonly owner: KeyOwner;
  /** Undefined: destroyed, and with it whatever it sealed. */
  readonly wrapped: Uint8Array | undefined;
}

interface KeyRow {
  readonly owner_kind: KeyOwner['kind'];
  readonly owner_id: Uuid;
  readonly wrapped: Uint8Array | null;
}

export async function findDataKeys(
  db: Executor,
  owners: readonly KeyOwner[],
): Promise<readonly StoredKey[]> {
  const rows = await prepared<KeyRow>(
    db,
    'pack_keys',
    `select k.owner_kind, k.owner_id, k.wrapped
     from unnest($1::text[], $2::uuid[]) as o (kind, id)
     join data_key k on k.owner_kind = o.kind and k.owner_id = o.id`,
    [owners.map((owner) => owner.kind), owners.map((owner) => owner.id)],
  );
  return rows.map((row) => ({
    owner: { kind: row.owner_kind, id: row.owner_id },
    wrapped: row.wrapped ?? undefined,
  }));
}

/** Keys that stand stay: a rival's may have been first. */
export async function insertDataKeys(
  tx: Executor,
  keys: readonly { readonly owner: KeyOwner; readonly wrapped: Uint8Array }[],
  createdAt: Instant,
): Promise<void> {
  await prepared(
    tx,
    'pack_key_insert',
    `insert into data_key (owner_kind, owner_id, wrapped, created_at)
     select kind, id, wrapped, $4 from unnest($1::text[], $2::uuid[], $3::bytea[])
       as k (kind, id, wrapped)
     order by kind, id on conflict do nothing`,
    [
      keys.map((key) => key.owner.kind),
      keys.map((key) => key.owner.id),
      keys.map((key) => Buffer.from(key.wrapped)),
      createdAt,
    ],
  );
}
