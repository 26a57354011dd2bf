/** What every posting carries, and how a call of the ledger is made for one item or for many. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface LedgerStamp {
  readonly effectiveOn: LocalDate;
  readonly recordedAt: Instant;
  /** As `actorKey` of #libs/http gives it. */
  readonly actor: string;
  /** SM3 of the canonical command; 32 bytes. */
  readonly payloadHash: Uint8Array;
}

export function stampValues(stamp: LedgerStamp): readonly unknown[] {
  return [stamp.effectiveOn, stamp.recordedAt, stamp.actor, Buffer.from(stamp.payloadHash)];
}

/** Name and text of a prepared statement. */
export type Statement = readonly [name: string, text: string];

/** The columns of the items, one array each: a single item goes to the statement for one. */
export async function callLedger<Row>(
  tx: Executor,
  stamp: LedgerStamp,
  columns: readonly (readonly unknown[])[],
  statements: { readonly one: Statement; readonly many: Statement },
): Promise<Row[]> {
  const isOne = columns[0]?.length === 1;
  const [name, text] = isOne ? statements.one : statements.many;
  const values = isOne ? columns.map((column) => column[0]) : columns;
  return await prepared<Row>(tx, name, text, [...values, ...stampValues(stamp)]);
}
