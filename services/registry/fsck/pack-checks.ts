/** Rendered packs and messages against what the facts give when they are rendered again. */
import { CompiledQuery } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import { openRecord } from '#libs/envelope/record.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { concatBytes } from '#libs/sm/hex.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import type { OwnerKeys, OwnerKeyStore } from '../renderer/owner-keys.ts';
import { decodePack } from '../renderer/pack-codec.ts';
import { eventMessage, placeOf } from '../renderer/render-events.ts';
import {
  type OpenPersonal,
  RENDERER_VERSION,
  type RenderedObject,
  renderObject,
} from '../renderer/render-object.ts';
import { factsOfEvents, type FactualEvent, ownerKeyOf } from '../repositories/pack-repository.ts';

const PAGE = 200;

interface StoredRendering {
  readonly event_id: string;
  readonly sealed: Uint8Array;
  readonly digests: Uint8Array;
  readonly renderer_version: number;
  readonly message: Uint8Array | null;
}

export function packChecks(
  keys: OwnerKeyStore,
  openPersonal: OpenPersonal,
): readonly Check<unknown>[] {
  return [{ name: 'packs and messages from facts', run: (tx) => run(tx, keys, openPersonal) }];
}

async function* run(
  db: Executor,
  keys: OwnerKeyStore,
  openPersonal: OpenPersonal,
): AsyncGenerator<Difference> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await pageAfter(db, after);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.event_id;
    const events = await factsOfEvents(
      db,
      rows.map((row) => row.event_id),
    );
    const owners = [...events.values()].flatMap((event) => event.facts.map((f) => f.keyOwner));
    const ownerKeys = await openKeys(db, keys, owners);
    if (ownerKeys === undefined) {
      const expected = 'wrapped keys that open';
      yield { table: 'data_key', key: `of events until ${after}`, expected, found: 'others' };
      continue;
    }
    for (const row of rows) {
      const event = events.get(row.event_id);
      if (event !== undefined) yield* checkOne(row, event, { ownerKeys, openPersonal });
    }
  }
}

async function openKeys(
  db: Executor,
  keys: OwnerKeyStore,
  owners: Parameters<OwnerKeyStore['find']>[1],
): Promise<OwnerKeys | undefined> {
  try {
    return await keys.find(db, owners);
  } catch {
    return undefined;
  }
}

async function pageAfter(db: Executor, after: string): Promise<readonly StoredRendering[]> {
  const text = `
    select p.event_id, p.sealed, p.digests, p.renderer_version, o.message
    from object_pack p left join outbox o on o.event_id = p.event_id
    where p.event_id > $1 order by p.event_id limit ${PAGE}`;
  return (await db.executeQuery<StoredRendering>(CompiledQuery.raw(text, [after]))).rows;
}

interface Openers {
  readonly ownerKeys: OwnerKeys;
  readonly openPersonal: OpenPersonal;
}

function* checkOne(
  row: StoredRendering,
  event: FactualEvent,
  { ownerKeys, openPersonal }: Openers,
): Generator<Difference> {
  const key = `event_id=${row.event_id}`;
  const objects: RenderedObject[] = [];
  for (const fact of event.facts) {
    const object = renderAgain(fact, openPersonal);
    if (object === undefined) {
      const expected = 'facts that render';
      yield { table: 'object_fact', key: `${key} line=${fact.line}`, expected, found: 'others' };
      return;
    }
    objects.push(object);
  }
  if (row.renderer_version === RENDERER_VERSION) {
    const digests = concatBytes(...objects.map((object) => object.sm3));
    yield* compareStored('object_pack', `${key} digests`, digests, row.digests);
    if (row.message !== null) {
      const message = eventMessage({ event, objects });
      yield* compareStored('outbox', `${key} message`, sm3(message), sm3(row.message));
    }
  }
  yield* checkSealed(row, event, ownerKeys);
}

function renderAgain(
  fact: FactualEvent['facts'][number],
  openPersonal: OpenPersonal,
): RenderedObject | undefined {
  try {
    const rendered = renderObject(fact, openPersonal);
    return rendered.ok ? rendered.value : undefined;
  } catch {
    return undefined;
  }
}

/** What opens under the owner's key must be what the digest says. */
function* checkSealed(
  row: StoredRendering,
  event: FactualEvent,
  ownerKeys: OwnerKeys,
): Generator<Difference> {
  const key = `event_id=${row.event_id} sealed`;
  const sealed = decodePack(row.sealed, event.facts.length);
  if (sealed === undefined) {
    const expected = `${event.facts.length} objects`;
    yield { table: 'object_pack', key, expected, found: 'bytes of another form' };
    return;
  }
  for (const [at, fact] of event.facts.entries()) {
    const dataKey = ownerKeys.get(ownerKeyOf(fact.keyOwner));
    const bytes = sealed[at];
    if (dataKey === undefined || bytes === undefined) continue;
    const associatedData = placeOf(row.event_id, fact.line);
    const opened = openRecord({ dataKey, associatedData, sealed: bytes });
    const expected = Buffer.from(row.digests.subarray(32 * at, 32 * at + 32)).toString('hex');
    const found = opened === undefined ? 'what does not open' : sm3Hex(opened);
    yield* compareStored('object_pack', `${key} line=${fact.line}`, expected, found);
  }
}
