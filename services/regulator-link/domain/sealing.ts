// What a seal is put on: the object must be what was announced, canonical, and pass its checks.
import type { ObjectClass } from '#libs/cross-chain-model/object.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { ObjectKey, VersionKey } from './object-key.ts';
import type { Operation } from './readiness.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Announcement extends ObjectKey {
  readonly class: ObjectClass;
  readonly operation: Operation;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when the object says of itself what its event announced, and bears no seal yet. */
export function isAnnounced(object: Json, announced: Announcement): boolean {
  const { header } = object;
  if (!isJson(header) || Object.hasOwn(header, 'seal')) return false;
  const { content, metadata } = header;
  if (!isJson(content) || !isJson(metadata)) return false;
  return (
    content['type'] === announced.class &&
    content['object_id'] === announced.objectId &&
    content['version'] === announced.version &&
    content['operation'] === announced.operation &&
    metadata['revision'] === announced.revision
  );
}

const REFERENCE = /^([A-Z]{3}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(0|[1-9][0-9]{0,8})$/;
const REFERENCES_MAX = 64;

/** Every reference that stands in the body, each once; more than 64 are refused. */
export function referencesOf(object: Json): Result<readonly VersionKey[], 'too-many-references'> {
  const found = new Map<string, VersionKey>();
  collect(object['body'], found);
  return found.size > REFERENCES_MAX ? err('too-many-references') : ok([...found.values()]);
}

function collect(value: unknown, found: Map<string, VersionKey>): void {
  if (typeof value === 'string') {
    const [, objectId, version] = REFERENCE.exec(value) ?? [];
    if (objectId !== undefined && version !== undefined) {
      found.set(value, { objectId, version: Number.parseInt(version, 10) });
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) collect(member, found);
  }
}

/** The lane sequence of the rejected packet that this object corrects, if it says so. */
export function correctedSequence(object: Json): bigint | undefined {
  const { header } = object;
  const metadata = isJson(header) ? header['metadata'] : undefined;
  const corrects = isJson(metadata) ? metadata['corrects'] : undefined;
  return typeof corrects === 'string' && /^[1-9][0-9]{0,17}$/.test(corrects)
    ? BigInt(corrects)
    : undefined;
}
