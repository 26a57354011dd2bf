/** Business sense of one object, after its proofs: frame, seal, schema, versions, references. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { ObjectFault } from '#libs/cross-chain-model/fault.ts';
import { balancesOf } from './objects/registration-balances.ts';
import type { ObjectFrame } from '#libs/proof/record-frame.ts';

export interface Accepted {
  readonly verdict: 'ACCEPTED';
  readonly code: null;
  readonly field: null;
}

export interface Rejected {
  readonly verdict: 'REJECTED';
  readonly code: string;
  /** JSON pointer into the object, where one member is at fault. */
  readonly field: string | null;
}

export type Judgement = Accepted | Rejected;

export const accepted: Accepted = { verdict: 'ACCEPTED', code: null, field: null };

export const rejected = (code: string, field: string | null = null): Rejected => ({
  verdict: 'REJECTED',
  code,
  field,
});

/** Header and clear frame must tell the same of the object. */
export function judgeFrame(object: RegulatorObject, frame: ObjectFrame): Judgement {
  const { content, metadata } = object.header;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['/header/content/object_id', content.object_id, frame.objectId],
    ['/header/content/version', content.version, frame.version],
    ['/header/content/operation', content.operation, frame.operation],
    ['/header/content/type', content.type, frame.class],
    ['/header/metadata/revision', metadata.revision, frame.revision],
  ];
  const wrong = pairs.find(([, told, framed]) => told !== framed);
  return wrong === undefined ? accepted : rejected('frame-mismatch', wrong[0]);
}

export function judgeSchema(faults: readonly ObjectFault[]): Judgement {
  const [first] = faults;
  return first === undefined ? accepted : rejected('schema-invalid', first.pointer);
}

export interface KnownVersions {
  /** Highest version taken of this object; undefined for a new one. */
  readonly highest: number | undefined;
  /** Highest revision of the version in question; undefined where it is new. */
  readonly revision: number | undefined;
  readonly isDeleted: boolean;
}

/** JR/T 0314 6.5: versions contiguous from 0, nothing after delete, an overwrite of what exists. */
export function judgeVersion(frame: ObjectFrame, known: KnownVersions): Judgement {
  const field = '/header/content/version';
  if (known.isDeleted) return rejected('object-deleted', field);
  if (frame.operation === 'overwrite') {
    const expected = known.revision === undefined ? undefined : known.revision + 1;
    return frame.revision === expected ? accepted : rejected('overwrite-of-nothing', field);
  }
  const next = known.highest === undefined ? 0 : known.highest + 1;
  return frame.version === next ? accepted : rejected('version-gap', field);
}

/** Every reference of the body with its pointer: `<objectId>/<version>` in a member named `…_ref`. */
export function referencesIn(object: RegulatorObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, pointer: string): void => {
    if (typeof value === 'string' && pointer.endsWith('_ref')) found.set(pointer, value);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, child] of Object.entries(value)) visit(child, `${pointer}/${name}`);
  };
  visit(object.body, '/body');
  return found;
}

export function judgeReferences(
  references: ReadonlyMap<string, string>,
  present: ReadonlySet<string>,
): Judgement {
  for (const [pointer, reference] of references) {
    if (!present.has(reference)) return rejected('reference-unknown', pointer);
  }
  return accepted;
}

const rights = '/body/registration_information/registration_rights';

/** before(n) = after(n-1); the first version starts from nothing. */
export function judgeContinuity(
  object: RegulatorObject,
  previous: RegulatorObject | undefined,
): Judgement {
  if (object.header.content.type !== 'registration') return accepted;
  if (object.header.content.operation === 'delete') return accepted;
  const now = balancesOf(object);
  const before = previous === undefined ? undefined : balancesOf(previous);
  const pairs = [
    [
      'available_registration/register_asset_balance_before',
      now.available_registration.register_asset_balance_before,
      before?.available_registration.register_asset_balance_after ?? 0,
    ],
    [
      'pledge_registration/register_pledge_balance_before',
      now.pledge_registration.register_pledge_balance_before,
      before?.pledge_registration.register_pledge_balance_after ?? 0,
    ],
    [
      'freezing_registration/register_frozen_balance',
      now.freezing_registration.register_frozen_balance,
      before?.freezing_registration.register_frozen_balance_after ?? 0,
    ],
  ] as const;
  const broken = pairs.find(([, told, expected]) => told !== expected);
  return broken === undefined
    ? accepted
    : rejected('balance-discontinuous', `${rights}/${broken[0]}`);
}
