/**
 * The chain record of one sealed object: what the link makes and the supervisory side opens.
 *
 * The frame commits to the snapshot (its SM3 and the root of its salted field tree); the body is
 * the snapshot under the record's own key with the frame as associated data.
 */
import { encodeObjectFrame, encodeObjectRecord } from '#libs/proof/record-frame.ts';
import type { ObjectFrame, ObjectRecord } from '#libs/proof/record-frame.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { parseSnapshot } from '#libs/proof/sealed-object.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { fieldSaltKey, fieldTreeRoot } from './field-tree.ts';
import { openRecord, sealRecord } from './record.ts';

export interface SnapshotIdentity {
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
}

/** By which the salts of a record's fields are parted from every other record's. */
export function recordIdOf({ objectId, version, revision }: SnapshotIdentity): string {
  return `${objectId}/${version}/${revision}`;
}

/** The root over the fields of the whole sealed object, salted under the record's data key. */
export function snapshotFieldTreeRoot(
  object: object,
  identity: SnapshotIdentity,
  dataKey: Uint8Array,
): Uint8Array {
  return fieldTreeRoot(object, {
    recordId: recordIdOf(identity),
    saltKey: fieldSaltKey(dataKey),
  });
}

/** Frame and encrypted snapshot. Errors: RangeError for what does not fit a record. */
export function makeObjectRecord(
  frame: ObjectFrame,
  snapshot: Uint8Array,
  dataKey: Uint8Array,
): Uint8Array {
  const frameBytes = encodeObjectFrame(frame);
  const body = sealRecord({ dataKey, associatedData: frameBytes, plaintext: snapshot });
  return encodeObjectRecord(frameBytes, body);
}

export interface OpenedRecord {
  /** Canonical bytes with the seal. */
  readonly snapshot: Uint8Array;
  readonly object: Readonly<Record<string, unknown>>;
}

/** In the order in which they are found. */
export type OpenRecordFault =
  | 'record-key-does-not-open'
  | 'snapshot-hash-differs'
  | 'snapshot-not-canonical'
  | 'field-tree-root-differs';

/** The snapshot, once everything that the frame says of it holds. */
export function openObjectRecord(
  record: ObjectRecord,
  dataKey: Uint8Array,
): Result<OpenedRecord, OpenRecordFault> {
  const { frame, frameBytes, body } = record;
  const snapshot = openRecord({ dataKey, associatedData: frameBytes, sealed: body });
  if (snapshot === undefined) return err('record-key-does-not-open');
  if (!equalBytes(sm3(snapshot), frame.snapshotHash)) return err('snapshot-hash-differs');
  const object = parseSnapshot(snapshot);
  if (object === undefined) return err('snapshot-not-canonical');
  const root = snapshotFieldTreeRoot(object, frame, dataKey);
  if (!equalBytes(root, frame.fieldTreeRoot)) return err('field-tree-root-differs');
  return ok({ snapshot, object });
}
