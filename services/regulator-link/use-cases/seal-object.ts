// Checks one packed object against its announcement, seals it, and encrypts it for the database.
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { fieldsOf } from '#libs/envelope/fields.ts';
import { newDataKey } from '#libs/envelope/record.ts';
import { equalBytes, fromBase64 } from '#libs/proof/bytes.ts';
import {
  isJsonObject,
  makeSeal,
  parseSnapshot,
  sealSignedBytes,
} from '#libs/proof/sealed-object.ts';
import { assert, err, ok, type Result } from '#libs/result/result.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import {
  type Announcement,
  correctedSequence,
  isAnnounced,
  referencesOf,
} from '../domain/sealing.ts';
import { storeSnapshot } from '../keys/data-keys.ts';
import type { PackedObject } from '../ports.ts';
import type { SealedObject } from '../repositories/object-repository.ts';

/** In order of precedence. */
export type SealingFault =
  | 'pack-not-base64'
  | 'pack-digest-differs'
  | 'object-not-canonical'
  | 'object-not-as-announced'
  | 'object-fails-schema'
  | 'too-many-references'
  | 'too-many-fields'
  | 'object-too-large';

export interface SealingRefusal {
  readonly code: SealingFault;
  /** A pointer into the object and the rule that failed; never a value. */
  readonly field?: string;
}

/** Base64 of the record must fit a packet message of 1,000,000 characters. */
const SNAPSHOT_BYTES_MAX = 700_000;
/** Leaves of the field tree. */
const FIELDS_MAX = 4_096;

type Json = Readonly<Record<string, unknown>>;

export interface SealingOrder {
  readonly announced: Announcement & { readonly eventId: string; readonly sm3: Uint8Array };
  readonly packed: PackedObject;
  readonly ownerKey: Uint8Array;
  readonly seal: Signer;
}

export function sealObject(order: SealingOrder): Result<SealedObject, SealingRefusal> {
  const object = openPack(order);
  if (!object.ok) return object;
  const references = referencesOf(object.value);
  if (!references.ok) return err({ code: references.error });
  const sealed = withSeal(object.value, order.seal);
  if (fieldsOf(sealed).length > FIELDS_MAX) return err({ code: 'too-many-fields' });
  const snapshot = canonicalBytes(sealed);
  if (snapshot.length > SNAPSHOT_BYTES_MAX) return err({ code: 'object-too-large' });
  const { announced, packed, ownerKey } = order;
  const { objectId, version, revision, eventId } = announced;
  const key = { objectId, version, revision };
  const dataKey = newDataKey();
  return ok({
    ...key,
    ...storeSnapshot(ownerKey, key, { snapshot, dataKey }),
    eventId,
    schemaVersion: packed.schemaVersion,
    owner: packed.keyOwner,
    references: references.value,
    corrects: correctedSequence(object.value),
    snapshotHash: sm3(snapshot),
    fieldTreeRoot: snapshotFieldTreeRoot(sealed, key, dataKey),
    sealKeyId: order.seal.keyId,
  });
}

function openPack({ announced, packed }: SealingOrder): Result<Json, SealingRefusal> {
  const bytes = fromBase64(packed.bytes);
  if (bytes === undefined) return err({ code: 'pack-not-base64' });
  if (!equalBytes(sm3(bytes), announced.sm3)) return err({ code: 'pack-digest-differs' });
  const object = parseSnapshot(bytes);
  if (object === undefined) return err({ code: 'object-not-canonical' });
  if (!isAnnounced(object, announced)) return err({ code: 'object-not-as-announced' });
  const valid = validateObject(object);
  if (valid.ok) return ok(object);
  const [fault] = valid.error;
  const field = fault === undefined ? '' : `${fault.pointer} (${fault.keyword})`;
  return err({ code: 'object-fails-schema', field });
}

function withSeal(object: Json, signer: Signer): Json {
  const signature = signer.sign(sealSignedBytes(object));
  const seal = [makeSeal(signer.publicKey, signature)];
  const { header } = object;
  assert(isJsonObject(header), 'the schema has made sure of the header');
  return { ...object, header: { ...header, seal } };
}
