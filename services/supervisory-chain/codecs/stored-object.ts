/** Snapshots as they are kept: encrypted under the store's key, bound to their record. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { openRecord, sealRecord } from '#libs/envelope/record.ts';
import { parseSnapshot } from '#libs/proof/sealed-object.ts';
import { assert } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import type { CodeRequest } from '../domain/objects/investor-code.ts';
import type { SupervisoryParts } from '../parts.ts';

type Keys = Pick<SupervisoryParts, 'storeKey'>;

interface Stored {
  readonly recordHash: Uint8Array;
  readonly snapshot: Uint8Array;
}

/** What binds a stored snapshot to its record. */
export const snapshotPlace = (recordHash: Uint8Array): Uint8Array =>
  new TextEncoder().encode(`supervisory/snapshot/${toHex(recordHash)}`);

export function sealStored(
  { storeKey }: Keys,
  recordHash: Uint8Array,
  snapshot: Uint8Array,
): Uint8Array {
  const associatedData = snapshotPlace(recordHash);
  return sealRecord({ dataKey: storeKey, associatedData, plaintext: snapshot });
}

/** The plain sealed snapshot that is kept of a packet. */
export function openStored({ storeKey }: Keys, packet: Stored): Uint8Array {
  const bytes = openRecord({
    dataKey: storeKey,
    associatedData: snapshotPlace(packet.recordHash),
    sealed: packet.snapshot,
  });
  assert(bytes !== undefined, 'a stored snapshot does not open');
  return bytes;
}

/** The object of an accepted packet: it passed its schema before it was stored. */
export function storedObject(keys: Keys, packet: Stored): RegulatorObject {
  const object = parseSnapshot(openStored(keys, packet));
  assert(object !== undefined, 'a stored snapshot is not an object');
  return object as unknown as RegulatorObject;
}

/** Identities are kept as keyed digests. */
export function identityDigest({ storeKey }: Keys, { identity }: CodeRequest): Uint8Array {
  return hmacSm3(storeKey, new TextEncoder().encode(`supervisory/investor/${identity}`));
}
