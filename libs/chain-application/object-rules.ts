/** The version rules of JR/T 0314 6.2 for one data object. */
import type { ObjectFrame } from '#libs/proof/record-frame.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { ObjectHead } from './state.ts';

export type ObjectFault =
  | 'object-already-created'
  | 'object-unknown'
  | 'object-deleted'
  | 'object-overwrite-owed'
  | 'object-version-not-next'
  | 'object-version-unknown'
  | 'object-revision-not-next';

/**
 * The object's head after the operation. Versions are contiguous from 0, nothing follows a delete,
 * and an overwrite of an older version is followed by overwrites of every later one.
 */
export function nextObjectHead(
  head: ObjectHead | undefined,
  frame: ObjectFrame,
): Result<ObjectHead, ObjectFault> {
  if (frame.operation === 'create') return created(head, frame);
  if (head === undefined) return err('object-unknown');
  if (head.isDeleted) return err('object-deleted');
  if (frame.operation === 'overwrite') return overwritten(head, frame);
  if (head.owedVersion !== undefined) return err('object-overwrite-owed');
  if (frame.version !== head.latestVersion + 1) return err('object-version-not-next');
  if (frame.revision !== 0) return err('object-revision-not-next');
  return ok({
    latestVersion: frame.version,
    isDeleted: frame.operation === 'delete',
    owedVersion: undefined,
    revisions: new Map([...head.revisions, [frame.version, 0]]),
  });
}

function created(
  head: ObjectHead | undefined,
  frame: ObjectFrame,
): Result<ObjectHead, ObjectFault> {
  if (head !== undefined) return err('object-already-created');
  if (frame.version !== 0) return err('object-version-not-next');
  if (frame.revision !== 0) return err('object-revision-not-next');
  return ok({
    latestVersion: 0,
    isDeleted: false,
    owedVersion: undefined,
    revisions: new Map([[0, 0]]),
  });
}

function overwritten(head: ObjectHead, frame: ObjectFrame): Result<ObjectHead, ObjectFault> {
  const { version, revision } = frame;
  if (version > head.latestVersion) return err('object-version-unknown');
  if (head.owedVersion !== undefined && version !== head.owedVersion) {
    return err('object-overwrite-owed');
  }
  const last = head.revisions.get(version);
  if (last === undefined || revision !== last + 1) return err('object-revision-not-next');
  return ok({
    ...head,
    owedVersion: version < head.latestVersion ? version + 1 : undefined,
    revisions: new Map([...head.revisions, [version, revision]]),
  });
}
