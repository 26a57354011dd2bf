/** Facts of regulator objects: what an event fixes, from which the bytes are rendered later. */
import type { Uuid } from '#libs/ids/uuid.ts';

export const objectClasses = [
  'subject',
  'account',
  'product',
  'transactionreport',
  'registration',
] as const;

/** Classes that the registry reports, in the order in which one event reports them. */
export type ObjectClass = (typeof objectClasses)[number];

export type ObjectOperation = 'create' | 'update' | 'overwrite' | 'delete';

export type FigureValue =
  | string
  | number
  | boolean
  | null
  | readonly FigureValue[]
  | { readonly [name: string]: FigureValue };

/** Our own words and decimal strings; never personal data in clear. */
export type Figures = Readonly<Record<string, FigureValue>>;

/** Whose key seals the object at rest: when it is destroyed, the object is unreadable. */
export interface KeyOwner {
  readonly kind: 'subject' | 'security';
  readonly id: Uuid;
}

/** A reference pinned at the moment of business. `path` is the member of the body that holds it. */
export interface PinnedReference {
  readonly path: string;
  readonly objectId: string;
  readonly version: bigint;
}

/** What a command fixes of one object; event, line, time and salt are added on appending. */
export interface NewObjectFact {
  readonly objectId: string;
  readonly version: bigint;
  readonly revision: bigint;
  readonly class: ObjectClass;
  readonly operation: ObjectOperation;
  readonly keyOwner: KeyOwner;
  readonly references: readonly PinnedReference[];
  readonly figures: Figures;
  /** Lane sequence of the rejected record that this object corrects. */
  readonly corrects?: bigint;
}

export interface ObjectFact extends NewObjectFact {
  readonly eventId: Uuid;
  readonly line: number;
  readonly schemaVersion: string;
  readonly timestampSeconds: bigint;
  /** 32 hexadecimal digits: part of the facts, so that rendering stays a pure function. */
  readonly salt: string;
}

const prefixes: Readonly<Record<ObjectClass, string>> = {
  subject: 'SUB',
  account: 'ACC',
  product: 'PRD',
  transactionreport: 'TRD',
  registration: 'REG',
};

/** The object's id is that of the thing it reports, under the prefix of its class. */
export function objectIdOf(objectClass: ObjectClass, id: Uuid): string {
  return `${prefixes[objectClass]}-${id}`;
}

/** `<objectId>/<version>` of the reference at `path`; undefined where the fact has none. */
export function referenceAt(fact: NewObjectFact, path: string): string | undefined {
  const found = fact.references.find((reference) => reference.path === path);
  return found === undefined ? undefined : `${found.objectId}/${found.version}`;
}
