// Keys of subjects and securities, made when first needed.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';
import { type KeyOwner, openOwnerKey, ownerName, wrapNewOwnerKey } from '../keys/data-keys.ts';

interface OwnerKeyRow {
  readonly kind: KeyOwner['kind'];
  readonly id: string;
  readonly wrapped: Uint8Array | null;
}

const SELECT = `
  select k.kind, k.id::text as id, k.wrapped from owner_key k
    join unnest($1::text[], $2::uuid[]) as o(kind, id) on o.kind = k.kind and o.id = k.id`;

const INSERT = `
  insert into owner_key (kind, id, wrapped, created_at)
  select kind, id, wrapped, $4::timestamptz from unnest($1::text[], $2::uuid[], $3::bytea[])
    as o(kind, id, wrapped) on conflict do nothing`;

/** A key that was destroyed, or that another key file wraps, cannot be used. */
export class OwnerKeyUnusable extends Error {
  override readonly name = 'OwnerKeyUnusable';
}

function distinct(owners: readonly KeyOwner[]): readonly KeyOwner[] {
  return [...new Map(owners.map((owner) => [ownerName(owner), owner])).values()];
}

/** The open keys by owner name; destroyed ones are left out. Errors: throws OwnerKeyUnusable. */
export async function findOwnerKeys(
  db: Executor,
  recordKek: Uint8Array,
  owners: readonly KeyOwner[],
): Promise<Map<string, Uint8Array>> {
  const wanted = distinct(owners);
  const rows = await prepared<OwnerKeyRow>(db, 'link_owner_keys', SELECT, [
    wanted.map((owner) => owner.kind),
    wanted.map((owner) => owner.id),
  ]);
  const keys = new Map<string, Uint8Array>();
  for (const { kind, id, wrapped } of rows) {
    if (wrapped === null) continue;
    const key = openOwnerKey(recordKek, { kind, id }, wrapped);
    if (key === undefined) throw new OwnerKeyUnusable(`the key of ${kind} ${id} does not open`);
    keys.set(ownerName({ kind, id }), key);
  }
  return keys;
}

/** As findOwnerKeys, but makes the missing ones; for one that was destroyed it throws. */
export async function takeOwnerKeys(
  tx: Executor,
  recordKek: Uint8Array,
  owners: readonly KeyOwner[],
  now: Instant,
): Promise<Map<string, Uint8Array>> {
  const wanted = distinct(owners);
  const known = await findOwnerKeys(tx, recordKek, wanted);
  const missing = wanted.filter((owner) => !known.has(ownerName(owner)));
  if (missing.length === 0) return known;
  await prepared(tx, 'link_owner_key_insert', INSERT, [
    missing.map((owner) => owner.kind),
    missing.map((owner) => owner.id),
    missing.map((owner) => Buffer.from(wrapNewOwnerKey(recordKek, owner))),
    now,
  ]);
  const keys = await findOwnerKeys(tx, recordKek, wanted);
  const lost = wanted.find((owner) => !keys.has(ownerName(owner)));
  if (lost !== undefined) throw new OwnerKeyUnusable(`the key of ${ownerName(lost)} was destroyed`);
  return keys;
}
