/** One page of a listing that is ordered by id, newest first. */
import type { CursorCodec, CursorQuery } from '#libs/http/cursor.ts';
import { reply } from '#libs/http/route.ts';

export interface PageCall {
  readonly cursors: CursorCodec;
  readonly filter: CursorQuery;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface PageSource<Row, Item> {
  readonly rows: (before: string | undefined, count: number) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => string;
  readonly items: (rows: readonly Row[]) => Promise<Item[]>;
}

/** Errors: invalid-cursor. */
export async function pageOf<Row, Item>(call: PageCall, source: PageSource<Row, Item>) {
  const { cursors, filter, limit, cursor } = call;
  const key = cursor === undefined ? undefined : cursors.decode(filter, cursor);
  if (key !== undefined && !key.ok) return key;
  const rows = await source.rows(key?.value[0], limit + 1);
  const page = cursors.page(rows, {
    query: filter,
    limit,
    keyOf: (row) => [source.keyOf(row)],
    itemOf: (row) => row,
  });
  return reply(200, { items: await source.items(page.items), nextCursor: page.nextCursor });
}
