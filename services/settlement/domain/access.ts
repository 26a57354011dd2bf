/** Who may see whose transfers and money: staff all of it, an investor what is the investor's own. */

/** A caller, as far as reading is concerned. */
export interface Reader {
  readonly kind: 'person' | 'service' | 'public';
  readonly roles?: readonly string[];
  readonly subjectId?: string;
}

export type ReadableSubject =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'one'; readonly subjectId: string }
  | { readonly kind: 'nobody' };

/** An investor with a second role reads as that role. */
export function readableSubject(reader: Reader): ReadableSubject {
  if (reader.kind === 'service') return { kind: 'everyone' };
  const roles = reader.roles ?? [];
  if (roles.some((role) => role !== 'investor')) return { kind: 'everyone' };
  if (reader.subjectId === undefined) return { kind: 'nobody' };
  return { kind: 'one', subjectId: reader.subjectId };
}

interface Sides {
  readonly sellerSubjectId: string;
  readonly buyerSubjectId: string;
}

export function mayRead(reader: Reader, transfer: Sides): boolean {
  const readable = readableSubject(reader);
  if (readable.kind !== 'one') return readable.kind === 'everyone';
  const { sellerSubjectId, buyerSubjectId } = transfer;
  return [sellerSubjectId, buyerSubjectId].includes(readable.subjectId);
}

/** A fund account is read by its own subject; `owner` is undefined where there is no account. */
export function mayReadMoneyOf(reader: Reader, owner: string | undefined): boolean {
  const readable = readableSubject(reader);
  if (readable.kind !== 'one') return readable.kind === 'everyone';
  return owner !== undefined && owner === readable.subjectId;
}
