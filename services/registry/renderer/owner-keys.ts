/** Data keys by owner: made once, kept wrapped, gone for good when the owner's row is destroyed. */
import type { Executor } from '#libs/db/database.ts';
import { unwrapKey, wrapKey } from '#libs/envelope/key-wrap.ts';
import { newDataKey } from '#libs/envelope/record.ts';
import { assert } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { KeyOwner } from '../domain/object-fact.ts';
import {
  findDataKeys,
  insertDataKeys,
  ownerKeyOf,
  type StoredKey,
} from '../repositories/pack-repository.ts';

/** By `ownerKeyOf`; an owner whose key is destroyed is not there. */
export type OwnerKeys = ReadonlyMap<string, Uint8Array>;

export interface OwnerKeyStore {
  /** Makes keys for owners that never had one. */
  ensure(tx: Executor, owners: readonly KeyOwner[]): Promise<OwnerKeys>;
  find(db: Executor, owners: readonly KeyOwner[]): Promise<OwnerKeys>;
}

/** `keyEncryptionKey`: the secret `pack-kek` of the key file. */
export function createOwnerKeyStore(keyEncryptionKey: Uint8Array, clock: Clock): OwnerKeyStore {
  const open = (stored: readonly StoredKey[]): OwnerKeys =>
    new Map(
      stored.flatMap(({ owner, wrapped }) => {
        if (wrapped === undefined) return [];
        const context = contextOf(owner);
        const key = unwrapKey({ wrappingKey: keyEncryptionKey, wrapped, context });
        assert(key !== undefined, `the data key of ${ownerKeyOf(owner)} does not open`);
        return [[ownerKeyOf(owner), key] as const];
      }),
    );
  return {
    ensure: async (tx, owners) => {
      const wanted = distinct(owners);
      const stored = await findDataKeys(tx, wanted);
      const known = new Set(stored.map(({ owner }) => ownerKeyOf(owner)));
      const missing = wanted.filter((owner) => !known.has(ownerKeyOf(owner)));
      if (missing.length === 0) return open(stored);
      const fresh = missing.map((owner) => ({
        owner,
        wrapped: wrapKey({
          wrappingKey: keyEncryptionKey,
          dataKey: newDataKey(),
          context: contextOf(owner),
        }),
      }));
      await insertDataKeys(tx, fresh, clock.now());
      return open(await findDataKeys(tx, wanted));
    },
    find: async (db, owners) => open(await findDataKeys(db, distinct(owners))),
  };
}

function distinct(owners: readonly KeyOwner[]): readonly KeyOwner[] {
  return [...new Map(owners.map((owner) => [ownerKeyOf(owner), owner])).values()];
}

function contextOf(owner: KeyOwner): Uint8Array {
  return new TextEncoder().encode(`registry/${ownerKeyOf(owner)}`);
}
