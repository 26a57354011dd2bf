// Facts as announced, and the events whose objects are still to be fetched.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import type { Operation } from '../domain/readiness.ts';
import type { ObjectClass } from '#libs/cross-chain-model/object.ts';
import type { BusinessEvent } from '../lanes/business-events.ts';

const INSERT_FACTS = `
  insert into fact (event_id, source, book, sequence, type, business_date, recorded_at,
    received_at, object_count)
  select event_id, source, book, sequence, type, business_date, recorded_at, $9::timestamptz, object_count
    from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::date[],
                $7::timestamptz[], $8::integer[])
      as f(event_id, source, book, sequence, type, business_date, recorded_at, object_count)`;

const INSERT_PROGRESS = `
  insert into fact_progress (event_id) select unnest($1::uuid[])`;

const INSERT_OBJECTS = `
  insert into announced_object (event_id, line, object_id, version, revision, class, operation, sm3)
  select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::integer[], $5::integer[],
                       $6::text[], $7::text[], $8::bytea[])
  on conflict do nothing
  returning object_id`;

const INSERT_FETCH = `
  insert into fetch_queue (source, book, sequence, event_id, retry_at)
  select source, book, sequence, event_id, $5::timestamptz
    from unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[])
      as q(source, book, sequence, event_id)`;

/** Gives back how many objects were announced before by another event: a defect of the publisher. */
export async function insertFacts(
  tx: Executor,
  events: readonly BusinessEvent[],
  now: Instant,
): Promise<number> {
  const ids = events.map((event) => event.id);
  await prepared(tx, 'link_fact_insert', INSERT_FACTS, [
    ids,
    events.map((event) => event.source),
    events.map((event) => event.data.book),
    events.map((event) => event.data.sequence),
    events.map((event) => event.type),
    events.map((event) => event.data.businessDate),
    events.map((event) => event.data.recordedAt),
    events.map((event) => event.data.objects.length),
    now,
  ]);
  await prepared(tx, 'link_fact_progress_insert', INSERT_PROGRESS, [ids]);
  const objects = events.flatMap((event) =>
    event.data.objects.map((object, index) => ({ ...object, eventId: event.id, line: index + 1 })),
  );
  if (objects.length === 0) return 0;
  const inserted = await prepared(tx, 'link_announced_insert', INSERT_OBJECTS, [
    objects.map((object) => object.eventId),
    objects.map((object) => object.line),
    objects.map((object) => object.objectId),
    objects.map((object) => object.version),
    objects.map((object) => object.revision),
    objects.map((object) => object.class),
    objects.map((object) => object.operation),
    objects.map((object) => Buffer.from(fromHex(object.sm3))),
  ]);
  const toFetch = events.filter((event) => event.data.objects.length > 0);
  await prepared(tx, 'link_fetch_insert', INSERT_FETCH, [
    toFetch.map((event) => event.source),
    toFetch.map((event) => event.data.book),
    toFetch.map((event) => event.data.sequence),
    toFetch.map((event) => event.id),
    now,
  ]);
  return objects.length - inserted.length;
}

export interface EventToFetch {
  readonly source: 'registry' | 'settlement';
  readonly book: string;
  readonly sequence: bigint;
  readonly event_id: string;
}

const DUE = `
  select source, book, sequence, event_id::text as event_id from fetch_queue
   where retry_at <= $1 order by book, sequence limit $2`;

export function dueEvents(db: Executor, now: Instant, limit: number): Promise<EventToFetch[]> {
  return prepared<EventToFetch>(db, 'link_fetch_due', DUE, [now, limit]);
}

export interface Announced {
  readonly event_id: string;
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly class: ObjectClass;
  readonly operation: Operation;
  readonly sm3: Uint8Array;
}

const UNSEALED = `
  select a.event_id::text as event_id, a.object_id, a.version, a.revision, a.class, a.operation,
         a.sm3
    from announced_object a
   where a.event_id = any($1::uuid[])
     and not exists (select from sealed_object s where s.object_id = a.object_id
                        and s.version = a.version and s.revision = a.revision)
   order by a.event_id, a.line`;

/** The announced objects of the events that have not been sealed, in their order. */
export function unsealedObjects(db: Executor, eventIds: readonly string[]): Promise<Announced[]> {
  return prepared<Announced>(db, 'link_unsealed', UNSEALED, [eventIds]);
}

const FETCHED = 'delete from fetch_queue where event_id = any($1::uuid[])';

export async function markFetched(tx: Executor, eventIds: readonly string[]): Promise<void> {
  await prepared(tx, 'link_fetched', FETCHED, [eventIds]);
}

const POSTPONE = `
  update fetch_queue set attempts = attempts + 1, retry_at = $2 where event_id = any($1::uuid[])`;

export async function postponeFetch(
  tx: Executor,
  eventIds: readonly string[],
  now: Instant,
  delayMs: number,
): Promise<void> {
  await prepared(tx, 'link_fetch_postpone', POSTPONE, [eventIds, addMilliseconds(now, delayMs)]);
}

const REFRESH = 'select refresh_facts($1::uuid[])';

/** Brings the standing of the facts up to what the tables now say. */
export async function refreshFacts(tx: Executor, eventIds: Iterable<string>): Promise<void> {
  const distinct = [...new Set(eventIds)];
  if (distinct.length > 0) await prepared(tx, 'link_refresh_facts', REFRESH, [distinct]);
}
