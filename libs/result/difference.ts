/** What a check of stored state reports: a value that is not what the other records say it must be. */

export interface Difference {
  /** With its schema where several are checked in one run. */
  readonly table: string;
  /** The row, and the column where one is at fault. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

type Comparable = string | bigint | number | boolean | null | Uint8Array;

/** Nothing where both agree; bytes are shown in hexadecimal. */
export function* compareStored(
  table: string,
  key: string,
  expected: Comparable,
  found: Comparable,
): Generator<Difference> {
  const [expectedText, foundText] = [toText(expected), toText(found)];
  if (expectedText !== foundText) yield { table, key, expected: expectedText, found: foundText };
}

function toText(value: Comparable): string {
  if (value === null) return 'nothing';
  if (!(value instanceof Uint8Array)) return String(value);
  return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
