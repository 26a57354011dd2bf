// Fetches the packs of announced events in batches and seals their objects.
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { CrashPoint } from '../crash-point.ts';
import { ok } from '#libs/result/result.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import type { Clock } from '#libs/time/clock.ts';
import { ownerName } from '../keys/data-keys.ts';
import type { Alarm } from '../alarm.ts';
import type { ObjectPack, PackSource, Source } from '../ports.ts';
import {
  type Announced,
  dueEvents,
  type EventToFetch,
  markFetched,
  postponeFetch,
  refreshFacts,
  unsealedObjects,
} from '../repositories/fact-repository.ts';
import { insertSealed, parkObject, type SealedObject } from '../repositories/object-repository.ts';
import { takeOwnerKeys } from '../repositories/owner-key-repository.ts';
import { wake } from '../repositories/wake.ts';
import { sealObject, type SealingRefusal } from './seal-object.ts';

export interface FetchingDeps {
  readonly sources: Readonly<Record<Source, PackSource>>;
  readonly seal: Signer;
  readonly recordKek: Uint8Array;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly crashPoint: CrashPoint;
}

const EVENTS_MAX = 200;
const PACKS_MAX = 25;
/** Objects sealed in one transaction, unless one event has more. */
const OBJECTS_PER_TRANSACTION = 250;
const RETRY_SOURCE_MS = 1_000;
const RETRY_PARKED_MS = 60_000;

/** One round; true when there was something to do. */
export async function fetchObjects<DB>(db: Database<DB>, deps: FetchingDeps): Promise<boolean> {
  const due = await dueEvents(db, deps.clock.now(), EVENTS_MAX);
  for (const events of runsOf(due)) await fetchRun(db, deps, events);
  return due.length > 0;
}

/** Consecutive events of one book, at most a page of packs long. */
function runsOf(events: readonly EventToFetch[]): readonly (readonly EventToFetch[])[] {
  const runs: EventToFetch[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    const continues =
      first !== undefined &&
      first.book === event.book &&
      event.sequence < first.sequence + BigInt(PACKS_MAX);
    if (run !== undefined && continues) run.push(event);
    else runs.push([event]);
  }
  return runs;
}

async function fetchRun<DB>(
  db: Database<DB>,
  deps: FetchingDeps,
  events: readonly EventToFetch[],
): Promise<void> {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return;
  const { source, book } = first;
  const count = Number.parseInt((last.sequence - first.sequence + 1n).toString(), 10);
  const answer = await deps.sources[source].packs(book, first.sequence, count);
  if (!answer.ok) {
    deps.alarm('packs-not-fetched', { book, reason: answer.error.reason });
    return postpone(db, deps, events, RETRY_SOURCE_MS);
  }
  const packs = new Map(answer.value.map((pack) => [pack.eventId, pack]));
  let chunk: FetchedEvent[] = [];
  for (const event of events) {
    const pack = packs.get(event.event_id);
    if (pack === undefined || BigInt(pack.sequence) !== event.sequence) {
      deps.alarm('pack-missing', { book, sequence: event.sequence, eventId: event.event_id });
      await postpone(db, deps, [event], RETRY_SOURCE_MS);
      continue;
    }
    chunk.push({ event, pack });
    const size = chunk.reduce((sum, fetched) => sum + fetched.pack.objects.length, 0);
    if (size >= OBJECTS_PER_TRANSACTION) {
      await sealEvents(db, deps, chunk);
      chunk = [];
    }
  }
  if (chunk.length > 0) await sealEvents(db, deps, chunk);
}

interface FetchedEvent {
  readonly event: EventToFetch;
  readonly pack: ObjectPack;
}

async function postpone<DB>(
  db: Database<DB>,
  deps: FetchingDeps,
  events: readonly EventToFetch[],
  delayMs: number,
): Promise<void> {
  const ids = events.map((event) => event.event_id);
  await postponeFetch(db, ids, deps.clock.now(), delayMs);
}

async function sealEvents<DB>(
  db: Database<DB>,
  deps: FetchingDeps,
  fetched: readonly FetchedEvent[],
): Promise<void> {
  await inTransaction(db, 'read committed', async (tx) => {
    const ids = fetched.map(({ event }) => event.event_id);
    const announced = await unsealedObjects(tx, ids);
    const outcome = await sealAll(tx, deps, announced, fetched);
    const now = deps.clock.now();
    if (outcome.sealed.length > 0) await insertSealed(tx, outcome.sealed, now);
    for (const { object, refusal } of outcome.parked) {
      await park(tx, deps, object, refusal);
    }
    const parkedIds = new Set(outcome.parked.map(({ object }) => object.event_id));
    await markFetched(
      tx,
      ids.filter((id) => !parkedIds.has(id)),
    );
    if (parkedIds.size > 0) await postponeFetch(tx, [...parkedIds], now, RETRY_PARKED_MS);
    await refreshFacts(tx, parkedIds);
    await wake(tx, 'append');
    deps.crashPoint('link-before-seal-commit');
    return ok();
  });
  deps.crashPoint('link-after-seal-commit');
}

interface Parked {
  readonly object: Announced;
  readonly refusal: { readonly code: string; readonly field?: string };
}

async function sealAll(
  tx: Executor,
  deps: FetchingDeps,
  announced: readonly Announced[],
  fetched: readonly FetchedEvent[],
): Promise<{ sealed: readonly SealedObject[]; parked: readonly Parked[] }> {
  const packs = new Map(fetched.map(({ pack }) => [pack.eventId, pack]));
  const paired = announced.map((object) => ({
    object,
    packed: packs
      .get(object.event_id)
      ?.objects.find(
        (packed) =>
          packed.objectId === object.object_id &&
          packed.version === object.version.toString() &&
          packed.revision === object.revision.toString(),
      ),
  }));
  const owners = paired.flatMap(({ packed }) => (packed === undefined ? [] : [packed.keyOwner]));
  const keys = await takeOwnerKeys(tx, deps.recordKek, owners, deps.clock.now());
  // The order of the events in their book, not that of the database.
  const place = new Map(fetched.map(({ event }, index) => [event.event_id, index]));
  const inOrder = paired.toSorted(
    (a, b) => (place.get(a.object.event_id) ?? 0) - (place.get(b.object.event_id) ?? 0),
  );
  const sealed: SealedObject[] = [];
  const parked: Parked[] = [];
  for (const { object, packed } of inOrder) {
    const ownerKey = packed === undefined ? undefined : keys.get(ownerName(packed.keyOwner));
    if (packed === undefined || ownerKey === undefined) {
      parked.push({ object, refusal: { code: 'object-not-in-pack' } });
      continue;
    }
    const announcement = { ...toAnnouncement(object), sm3: object.sm3 };
    const outcome = sealObject({ announced: announcement, packed, ownerKey, seal: deps.seal });
    if (outcome.ok) sealed.push(outcome.value);
    else parked.push({ object, refusal: outcome.error });
  }
  return { sealed, parked };
}

function toAnnouncement(object: Announced) {
  const { event_id: eventId, object_id: objectId, version, revision, operation } = object;
  return { eventId, objectId, version, revision, operation, class: object.class };
}

async function park(
  tx: Executor,
  deps: FetchingDeps,
  object: Announced,
  refusal: SealingRefusal | Parked['refusal'],
): Promise<void> {
  const { event_id: eventId, object_id: objectId, version, revision } = object;
  const { code, field } = refusal;
  deps.alarm('object-parked', { eventId, objectId, version, code });
  await parkObject(tx, { objectId, version, revision, eventId, code, field }, deps.clock.now());
}
