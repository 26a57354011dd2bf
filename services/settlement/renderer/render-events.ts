/** The renderer: facts become canonical bytes once, are kept encrypted, and the event goes out. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { buildObject } from '#libs/cross-chain-model/build.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import type { Tx } from '#libs/db/database.ts';
import type { Rendering } from '#libs/outbox/relay.ts';
import type { OutboxRow } from '#libs/outbox/outbox-tables.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import { renderBody, rendererVersion } from '../domain/objects/render-fact.ts';
import { factsOfEvents, type StoredFact } from '../repositories/fact-repository.ts';
import { insertPack } from '../repositories/pack-repository.ts';
import type { PackCipher } from './pack-cipher.ts';

interface RenderedObject {
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
}

/** The canonical unsealed bytes of a fact's object. Errors: the faults of the schema, as one line. */
export function renderFact(
  fact: StoredFact,
):
  | { readonly ok: true; readonly value: RenderedObject }
  | { readonly ok: false; readonly reason: string } {
  const object = buildObject(
    {
      class: 'settlement',
      objectId: fact.objectId,
      version: fact.version,
      revision: fact.revision,
      operation: fact.operation,
      timestampSeconds: fact.atSeconds,
      salt: fact.salt,
    },
    renderBody(fact),
  );
  const valid = validateObject(object);
  if (!valid.ok) {
    const faults = valid.error.map(({ pointer, keyword }) => `${pointer} ${keyword}`);
    return { ok: false, reason: `object breaks its schema: ${faults.slice(0, 3).join('; ')}` };
  }
  const bytes = canonicalBytes(object);
  return { ok: true, value: { bytes, digest: sm3(bytes) } };
}

/** CloudEvents form: ids, versions and digests, no bodies. */
export function eventMessage(fact: StoredFact, bytes: Uint8Array): Uint8Array {
  return canonicalBytes({
    specversion: '1.0',
    id: fact.eventId,
    source: 'settlement',
    type: `cn.quanji.settlement.${fact.kind}.v1`,
    time: fact.recordedAt,
    datacontenttype: 'application/json',
    data: {
      book: `settlement:${fact.securityId}`,
      sequence: fact.sequence.toString(),
      businessDate: fact.businessDate,
      recordedAt: fact.recordedAt,
      objects: [
        {
          objectId: fact.objectId,
          version: fact.version.toString(),
          revision: fact.revision.toString(),
          class: 'settlement',
          operation: fact.operation,
          sm3: sm3Hex(bytes),
        },
      ],
    },
  });
}

/** The rendering step of the relay; repeatable, because a pack is inserted once and then kept. */
export function createRendering(cipher: PackCipher, clock: Clock) {
  return async (tx: Tx<unknown>, rows: readonly OutboxRow[]): Promise<readonly Rendering[]> => {
    const facts = await factsOfEvents(
      tx,
      rows.map((row) => row.eventId),
    );
    const renderings: Rendering[] = [];
    for (const { eventId } of rows) {
      const fact = facts.get(eventId);
      if (fact === undefined) {
        renderings.push({ eventId, ok: false, reason: 'the event has no fact' });
        continue;
      }
      const rendered = renderFact(fact);
      if (!rendered.ok) {
        renderings.push({ eventId, ok: false, reason: rendered.reason });
        continue;
      }
      const { bytes, digest } = rendered.value;
      const sealed = await cipher.seal(tx, fact, bytes);
      await insertPack(tx, {
        eventId: fact.eventId,
        line: fact.line,
        sm3: digest,
        sealed,
        rendererVersion,
        renderedAt: clock.now(),
      });
      renderings.push({ eventId, ok: true, value: eventMessage(fact, bytes) });
    }
    return renderings;
  };
}
