// Opens every sealed object with the link's key: seal, hash, field tree and what was announced.
import type { Executor } from '#libs/db/database.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { parseSnapshot, sealSignedBytes, verifySeals } from '#libs/proof/sealed-object.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { PublicKey } from '#libs/proof/validator-set.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { VersionKey } from '../domain/object-key.ts';
import { correctedSequence, referencesOf } from '../domain/sealing.ts';
import { type KeyOwner, openSnapshot, ownerName } from '../keys/data-keys.ts';
import { findOwnerKeys } from '../repositories/owner-key-repository.ts';
import { pages } from '#libs/fsck/pages.ts';

export interface ObjectParts {
  readonly suite: Suite;
  readonly recordKek: Uint8Array;
  readonly sealKeys: readonly PublicKey[];
}

interface StoredSeal {
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly event_id: string;
  readonly announced_by: string;
  readonly key_owner_kind: KeyOwner['kind'];
  readonly key_owner_id: string;
  readonly refs: readonly VersionKey[];
  readonly corrects: bigint | null;
  readonly wrapped_key: Uint8Array;
  readonly sealed: Uint8Array;
  readonly snapshot_hash: Uint8Array;
  readonly field_tree_root: Uint8Array;
  readonly sm3: Uint8Array;
  readonly is_destroyed: boolean;
}

const OBJECTS = `
  select s.object_id, s.version, s.revision, s.event_id::text as event_id,
         a.event_id::text as announced_by, s.key_owner_kind, s.key_owner_id::text as key_owner_id,
         s.refs, s.corrects, s.wrapped_key, s.sealed, s.snapshot_hash, s.field_tree_root, a.sm3,
         k.wrapped is null as is_destroyed
    from link.sealed_object s
    join link.announced_object a using (object_id, version, revision)
    left join link.owner_key k on k.kind = s.key_owner_kind and k.id = s.key_owner_id
   where (s.object_id, s.version, s.revision) > ($1, $2, $3)
   order by s.object_id, s.version, s.revision limit $4`;

const table = 'link.sealed_object';

export async function* checkObjects(db: Executor, parts: ObjectParts): AsyncGenerator<Difference> {
  const rows = pages<StoredSeal, readonly [string, number, number]>(db, {
    text: OBJECTS,
    first: ['', 0, 0],
    keyOf: (row) => [row.object_id, row.version, row.revision],
  });
  for await (const row of rows) {
    const key = `${row.object_id}/${row.version}/${row.revision}`;
    yield* compareStored(table, `${key} event_id`, row.announced_by, row.event_id);
    if (row.is_destroyed) continue;
    const ownerKey = await openOwner(db, parts, row);
    if (ownerKey === undefined) {
      const place = `${row.key_owner_kind}/${row.key_owner_id} wrapped`;
      yield { table: 'link.owner_key', key: place, expected: 'a key that opens', found: 'none' };
      continue;
    }
    yield* checkObject(parts, row, key, ownerKey);
  }
}

async function openOwner(
  db: Executor,
  { recordKek }: ObjectParts,
  row: StoredSeal,
): Promise<Uint8Array | undefined> {
  const owner = { kind: row.key_owner_kind, id: row.key_owner_id };
  try {
    return (await findOwnerKeys(db, recordKek, [owner])).get(ownerName(owner));
  } catch {
    return undefined;
  }
}

function* checkObject(
  { suite, sealKeys }: ObjectParts,
  row: StoredSeal,
  key: string,
  ownerKey: Uint8Array,
): Generator<Difference> {
  const identity = { objectId: row.object_id, version: row.version, revision: row.revision };
  const stored = { wrappedKey: row.wrapped_key, sealed: row.sealed };
  const opened = openSnapshot(ownerKey, identity, stored);
  const object = opened === undefined ? undefined : parseSnapshot(opened.snapshot);
  if (opened === undefined || object === undefined) {
    yield { table, key: `${key} sealed`, expected: 'bytes that open', found: 'other bytes' };
    return;
  }
  yield* compareStored(table, `${key} snapshot_hash`, sm3(opened.snapshot), row.snapshot_hash);
  const root = snapshotFieldTreeRoot(object, identity, opened.dataKey);
  yield* compareStored(table, `${key} field_tree_root`, root, row.field_tree_root);
  const isSealed = verifySeals(suite, object, sealKeys);
  yield* compareStored(table, `${key} sealed`, 'sealed by us', isSealed ? 'sealed by us' : 'not');
  const announced = sm3(sealSignedBytes(object));
  yield* compareStored('link.announced_object', `${key} sm3`, announced, row.sm3);
  const corrects = correctedSequence(object) ?? null;
  yield* compareStored(table, `${key} corrects`, corrects, row.corrects);
  const references = referencesOf(object);
  const text = (refs: readonly VersionKey[]): string =>
    new TextDecoder().decode(canonicalBytes(refs));
  const expected = references.ok ? text(references.value) : references.error;
  yield* compareStored(table, `${key} refs`, expected, text(row.refs));
}
