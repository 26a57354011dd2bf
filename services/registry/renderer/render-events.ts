/** The rendering step of the relay: facts become packs once, and each event its message. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import { sealRecord } from '#libs/envelope/record.ts';
import type { OutboxRow } from '#libs/outbox/outbox-tables.ts';
import type { Rendering } from '#libs/outbox/relay.ts';
import { present } from '#libs/result/result.ts';
import { concatBytes, toHex } from '#libs/sm/hex.ts';
import type { Clock } from '#libs/time/clock.ts';
import {
  factsOfEvents,
  type FactualEvent,
  insertPacks,
  type NewPack,
  ownerKeyOf,
} from '../repositories/pack-repository.ts';
import type { OwnerKeys, OwnerKeyStore } from './owner-keys.ts';
import { encodePack } from './pack-codec.ts';
import {
  type OpenPersonal,
  RENDERER_VERSION,
  type RenderedObject,
  renderObject,
} from './render-object.ts';

export interface RenderingParts {
  readonly keys: OwnerKeyStore;
  readonly openPersonal: OpenPersonal;
  readonly clock: Clock;
}

interface RenderedEvent {
  readonly event: FactualEvent;
  readonly objects: readonly RenderedObject[];
}

/** Repeatable: the bytes follow from the facts alone and a pack that stands is kept. */
export function createRendering(parts: RenderingParts) {
  return async (tx: Executor, rows: readonly OutboxRow[]): Promise<readonly Rendering[]> => {
    const events = await factsOfEvents(
      tx,
      rows.map((row) => row.eventId),
    );
    const renderings: Rendering[] = [];
    const rendered: RenderedEvent[] = [];
    for (const { eventId } of rows) {
      const event = events.get(eventId);
      const outcome = event === undefined ? 'the event is not in the journal' : render(event);
      if (typeof outcome === 'string') {
        renderings.push({ eventId, ok: false, reason: outcome });
      } else {
        rendered.push(outcome);
        renderings.push({ eventId, ok: true, value: eventMessage(outcome) });
      }
    }
    const owners = rendered.flatMap(({ event }) => event.facts.map((fact) => fact.keyOwner));
    const keys = await parts.keys.ensure(tx, owners);
    await insertPacks(
      tx,
      rendered.map((one) => toPack(one, keys)),
    );
    return renderings;
  };

  function render(event: FactualEvent): RenderedEvent | string {
    const objects: RenderedObject[] = [];
    for (const fact of event.facts) {
      const object = renderObject(fact, parts.openPersonal);
      if (!object.ok) return object.error;
      objects.push(object.value);
    }
    return { event, objects };
  }

  function toPack({ event, objects }: RenderedEvent, keys: OwnerKeys): NewPack {
    const { eventId, book, sequence, facts } = event;
    const sealed = facts.map((fact, at) => {
      const plaintext = present(objects[at], 'a rendered object').bytes;
      const dataKey = keys.get(ownerKeyOf(fact.keyOwner));
      // Nothing of an owner whose key is destroyed is kept; the digest still tells what it was.
      if (dataKey === undefined) return new Uint8Array();
      return sealRecord({ dataKey, associatedData: placeOf(eventId, fact.line), plaintext });
    });
    return {
      eventId,
      book,
      sequence,
      sealed: encodePack(sealed),
      digests: concatBytes(...objects.map((object) => object.sm3)),
      rendererVersion: RENDERER_VERSION,
      renderedAt: parts.clock.now(),
    };
  }
}

/** Where a sealed object stands: moved elsewhere it does not open. */
export function placeOf(eventId: string, line: number): Uint8Array {
  return new TextEncoder().encode(`registry/object-pack/${eventId}/${line}`);
}

/** CloudEvents attributes with ids, versions and digests; no bodies, no personal data. */
export function eventMessage({ event, objects }: RenderedEvent): Uint8Array {
  return canonicalBytes({
    specversion: '1.0',
    id: event.eventId,
    source: 'registry',
    type: eventTypeOf(event),
    time: event.recordedAt,
    datacontenttype: 'application/json',
    data: {
      book: event.book,
      sequence: event.sequence.toString(),
      businessDate: event.businessDate,
      recordedAt: event.recordedAt,
      objects: event.facts.map((fact, at) => ({
        objectId: fact.objectId,
        version: fact.version.toString(),
        revision: fact.revision.toString(),
        class: fact.class,
        operation: fact.operation,
        sm3: toHex(present(objects[at], 'a rendered object').sm3),
      })),
    },
  });
}

export function eventTypeOf({ kind }: { readonly kind: string }): string {
  return `cn.quanji.registry.${kind}.v1`;
}
