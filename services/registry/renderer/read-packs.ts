/** Opens stored packs for the link: the canonical bytes of consecutive events of one book. */
import type { Executor } from '#libs/db/database.ts';
import { openRecord } from '#libs/envelope/record.ts';
import { assert, present } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { ObjectFact } from '../domain/object-fact.ts';
import type { Book } from '../repositories/event-repository.ts';
import { ownerKeyOf, type PackedEvent, packsFrom } from '../repositories/pack-repository.ts';
import type { OwnerKeys, OwnerKeyStore } from './owner-keys.ts';
import { decodePack } from './pack-codec.ts';
import { placeOf } from './render-events.ts';

export interface OpenedObject {
  readonly fact: ObjectFact;
  /** Empty where the owner's key is destroyed. */
  readonly bytes: Uint8Array;
  readonly sm3: string;
}

export type OpenedEvent = Omit<PackedEvent, 'facts' | 'pack'> & {
  readonly objects: readonly OpenedObject[];
};

/** An answer holds so many bytes of objects at most, but one event at least. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

export async function readPacks(
  db: Executor,
  keys: OwnerKeyStore,
  page: { readonly book: Book; readonly fromSequence: bigint; readonly limit: number },
): Promise<readonly OpenedEvent[]> {
  const found = await packsFrom(db, page.book, page.fromSequence, page.limit);
  const packed = withinBytes(found);
  const owners = packed.flatMap((event) => event.facts.map((fact) => fact.keyOwner));
  const ownerKeys = await keys.find(db, owners);
  return packed.map(({ facts, pack, ...event }) => ({
    ...event,
    objects: openPack({ ...event, facts, pack }, ownerKeys),
  }));
}

function withinBytes(events: readonly PackedEvent[]): readonly PackedEvent[] {
  let bytes = 0;
  const end = events.findIndex((event, at) => {
    bytes += event.pack.sealed.length;
    return at > 0 && bytes > ANSWER_BYTES_MAX;
  });
  return end === -1 ? events : events.slice(0, end);
}

function openPack(event: PackedEvent, keys: OwnerKeys): readonly OpenedObject[] {
  const { eventId, facts, pack } = event;
  const sealed = decodePack(pack.sealed, facts.length);
  assert(sealed !== undefined, `the pack of event ${eventId} is not whole`);
  return facts.map((fact, at) => {
    const digest = toHex(pack.digests.subarray(32 * at, 32 * at + 32));
    const dataKey = keys.get(ownerKeyOf(fact.keyOwner));
    if (dataKey === undefined) return { fact, bytes: new Uint8Array(), sm3: digest };
    const bytes = openRecord({
      dataKey,
      associatedData: placeOf(eventId, fact.line),
      sealed: present(sealed[at], 'a sealed object'),
    });
    assert(bytes !== undefined, `object ${at} in the pack of event ${eventId} does not open`);
    assert(sm3Hex(bytes) === digest, `object ${at} in the pack of ${eventId} is another one`);
    return { fact, bytes, sm3: digest };
  });
}
