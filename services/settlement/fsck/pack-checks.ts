/** Rendered packs and messages against what the facts give when they are rendered again. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import { rendererVersion } from '../domain/objects/render-fact.ts';
import { factsOfEvents, type StoredFact } from '../repositories/fact-repository.ts';
import type { PackCipher } from '../renderer/pack-cipher.ts';
import { eventMessage, renderFact } from '../renderer/render-events.ts';

const PAGE = 200;

interface StoredRendering {
  readonly event_id: string;
  readonly line: number;
  readonly sm3: Uint8Array;
  readonly sealed: Uint8Array;
  readonly renderer_version: number;
  readonly message: Uint8Array | null;
}

export function packChecks(cipher: PackCipher): readonly Check<unknown>[] {
  return [{ name: 'packs and messages from facts', run: (tx) => run(tx, cipher) }];
}

async function* run(db: Executor, cipher: PackCipher): AsyncGenerator<Difference> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<StoredRendering>`
      select p.event_id, p.line, p.sm3, p.sealed, p.renderer_version, o.message
      from object_pack p left join outbox o on o.event_id = p.event_id
      where p.event_id > ${after} order by p.event_id limit ${PAGE}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.event_id;
    const facts = await factsOfEvents(
      db,
      rows.map((row) => row.event_id),
    );
    for (const row of rows) {
      const fact = facts.get(row.event_id);
      if (fact !== undefined) {
        yield* compareRendered(row, fact);
        yield* await compareSealed(db, cipher, row, fact);
      }
    }
  }
}

function* compareRendered(row: StoredRendering, fact: StoredFact): Generator<Difference> {
  // An older renderer made other bytes of the same fact; they stand by their digest.
  if (row.renderer_version !== rendererVersion) return;
  const key = `event_id=${row.event_id}`;
  const bytes = renderAgain(fact);
  if (bytes === undefined) {
    yield { table: 'object_fact', key, expected: 'a fact that renders', found: 'another' };
    return;
  }
  yield* compareStored('object_pack', `${key} sm3`, sm3(bytes), row.sm3);
  if (row.message === null) return;
  yield* compareStored(
    'outbox',
    `${key} message`,
    sm3(eventMessage(fact, bytes)),
    sm3(row.message),
  );
}

function renderAgain(fact: StoredFact): Uint8Array | undefined {
  try {
    const rendered = renderFact(fact);
    return rendered.ok ? rendered.value.bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What opens under the security's key must be what the digest says. */
async function compareSealed(
  db: Executor,
  cipher: PackCipher,
  row: StoredRendering,
  fact: StoredFact,
): Promise<readonly Difference[]> {
  const key = `event_id=${row.event_id} sealed`;
  let found: string;
  try {
    found = sm3Hex(await cipher.open(db, { ...fact, line: row.line }, row.sealed));
  } catch {
    found = 'what does not open';
  }
  return [...compareStored('object_pack', key, Buffer.from(row.sm3).toString('hex'), found)];
}
