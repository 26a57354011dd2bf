// Record keys under owners' keys under the link's own: destroying the middle one shreds a subject.
import { DATA_KEY_BYTES, newDataKey, openRecord, sealRecord } from '#libs/envelope/record.ts';
import { unwrapKey, wrapKey } from '#libs/envelope/key-wrap.ts';
import { type ObjectKey, revisionName } from '../domain/object-key.ts';

export interface KeyOwner {
  readonly kind: 'subject' | 'security';
  readonly id: string;
}

const encoder = new TextEncoder();
const ownerContext = ({ kind, id }: KeyOwner): Uint8Array => encoder.encode(`owner/${kind}/${id}`);
const recordContext = (key: ObjectKey): Uint8Array => encoder.encode(`record/${revisionName(key)}`);
const restingData = (key: ObjectKey): Uint8Array =>
  encoder.encode(`QJ-LINK-SEALED-1/${revisionName(key)}`);

export function ownerName({ kind, id }: KeyOwner): string {
  return `${kind}/${id}`;
}

export function wrapNewOwnerKey(recordKek: Uint8Array, owner: KeyOwner): Uint8Array {
  const dataKey = newDataKey();
  return wrapKey({ wrappingKey: recordKek, dataKey, context: ownerContext(owner) });
}

/** Undefined for a key that was wrapped elsewhere, or changed. */
export function openOwnerKey(
  recordKek: Uint8Array,
  owner: KeyOwner,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  return unwrapKey({ wrappingKey: recordKek, wrapped, context: ownerContext(owner) });
}

export interface StoredSnapshot {
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A fresh data key for the record, wrapped; the snapshot encrypted under it for the database. */
export function storeSnapshot(
  ownerKey: Uint8Array,
  key: ObjectKey,
  { snapshot, dataKey }: { readonly snapshot: Uint8Array; readonly dataKey: Uint8Array },
): StoredSnapshot {
  if (dataKey.length !== DATA_KEY_BYTES) throw new RangeError('a data key has 16 bytes');
  return {
    wrappedKey: wrapKey({ wrappingKey: ownerKey, dataKey, context: recordContext(key) }),
    sealed: sealRecord({ dataKey, associatedData: restingData(key), plaintext: snapshot }),
  };
}

export interface OpenedSnapshot {
  readonly dataKey: Uint8Array;
  readonly snapshot: Uint8Array;
}

export function openDataKey(
  ownerKey: Uint8Array,
  key: ObjectKey,
  wrappedKey: Uint8Array,
): Uint8Array | undefined {
  return unwrapKey({ wrappingKey: ownerKey, wrapped: wrappedKey, context: recordContext(key) });
}

/** Undefined unless every key and every byte fit. */
export function openSnapshot(
  ownerKey: Uint8Array,
  key: ObjectKey,
  stored: StoredSnapshot,
): OpenedSnapshot | undefined {
  const dataKey = openDataKey(ownerKey, key, stored.wrappedKey);
  if (dataKey === undefined) return undefined;
  const snapshot = openRecord({
    dataKey,
    associatedData: restingData(key),
    sealed: stored.sealed,
  });
  return snapshot === undefined ? undefined : { dataKey, snapshot };
}
