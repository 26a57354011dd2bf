// Which sealed objects may be appended now: whose predecessor and references have their packets.
import { type ObjectKey, revisionName, versionName, type VersionKey } from './object-key.ts';

export type Operation = 'create' | 'update' | 'overwrite' | 'delete';

export interface Candidate extends ObjectKey {
  readonly operation: Operation;
  readonly references: readonly VersionKey[];
  /** A revision of the same object, earlier in its book, that has been held back before. */
  readonly heldBackBy: string | undefined;
}

export interface Blocked<C> {
  readonly candidate: C;
  /** The version or revision that must have a packet first. */
  readonly on: string;
}

export interface Judgement<C> {
  readonly ready: readonly C[];
  readonly blocked: readonly Blocked<C>[];
}

/**
 * In the order of the books: each one sees those before it. An object that is held back holds back
 * its own later revisions, so that the chain sees an object's revisions in the order of its book.
 * `packets` holds the latest revision that has a packet, by version name.
 */
export function judgeReadiness<C extends Candidate>(
  candidates: readonly C[],
  packets: ReadonlyMap<string, number>,
): Judgement<C> {
  const revisions = new Map(packets);
  const heldBack = new Map<string, string>();
  const ready: C[] = [];
  const blocked: Blocked<C>[] = [];
  for (const candidate of candidates) {
    const earlier = candidate.heldBackBy ?? heldBack.get(candidate.objectId);
    const on = earlier ?? missing(candidate, revisions);
    if (on === undefined) {
      ready.push(candidate);
      revisions.set(versionName(candidate), candidate.revision);
    } else {
      blocked.push({ candidate, on });
      heldBack.set(candidate.objectId, revisionName(candidate));
    }
  }
  return { ready, blocked };
}

function missing(candidate: Candidate, revisions: ReadonlyMap<string, number>): string | undefined {
  const { objectId, version, revision, operation } = candidate;
  if (operation === 'overwrite') {
    const latest = revisions.get(versionName(candidate)) ?? -1;
    if (latest < revision - 1) return revisionName({ objectId, version, revision: revision - 1 });
  } else if (version > 0) {
    const before = versionName({ objectId, version: version - 1 });
    if (!revisions.has(before)) return before;
  }
  const self = versionName(candidate);
  return candidate.references
    .map(versionName)
    .find((name) => name !== self && !revisions.has(name));
}

/** Every version that the judgement of these candidates needs to know of. */
export function versionsAsked(candidates: readonly Candidate[]): readonly VersionKey[] {
  const asked = new Map<string, VersionKey>();
  for (const { objectId, version, references } of candidates) {
    const own = [
      { objectId, version },
      ...(version > 0 ? [{ objectId, version: version - 1 }] : []),
    ];
    for (const key of [...own, ...references]) asked.set(versionName(key), key);
  }
  return [...asked.values()];
}
