/** The facts of one regulator object: fixed in the posting's transaction, rendered after it. */
import type { Uuid } from '#libs/ids/uuid.ts';

export type ObjectClass = 'subject' | 'account' | 'product' | 'transactionreport' | 'registration';
export type ObjectOperation = 'create' | 'update' | 'overwrite' | 'delete';

/** Under whose data key the object's figures and bytes rest; that key can be destroyed alone. */
export interface KeyOwner {
  readonly kind: 'subject' | 'security';
  readonly id: Uuid;
}

/** A version of another object that this one names, valid at that moment. */
export interface PinnedReference {
  /** Which member of the figures it fills, as in `subject`. */
  readonly path: string;
  readonly objectId: string;
  readonly version: bigint;
}

/**
 * What the poster knows; event, line and salt are given when it is appended. The figures are plain
 * JSON with integers as decimal strings. Those of subjects and accounts hold personal data.
 */
export interface NewObjectFact {
  readonly class: ObjectClass;
  readonly objectId: string;
  readonly version: bigint;
  readonly revision: bigint;
  readonly operation: ObjectOperation;
  readonly keyOwner: KeyOwner;
  readonly references: readonly PinnedReference[];
  readonly figures: Figures;
}

export type Figures = Readonly<Record<string, unknown>>;
export type ObjectBody = Readonly<Record<string, unknown>>;

const prefixes: Readonly<Record<ObjectClass, string>> = {
  subject: 'SUB',
  account: 'ACC',
  product: 'PRD',
  transactionreport: 'TRD',
  registration: 'REG',
};

export function objectIdOf(objectClass: ObjectClass, id: string): string {
  return `${prefixes[objectClass]}-${id}`;
}

/** The reference text of JR/T 0314 6.5 for the member `path`. */
export function referenceTo(references: readonly PinnedReference[], path: string): string {
  const found = references.find((reference) => reference.path === path);
  if (found === undefined) throw new TypeError(`the fact pins no ${path}`);
  return `${found.objectId}/${found.version}`;
}
