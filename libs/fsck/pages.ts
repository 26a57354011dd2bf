/** All rows of a statement, page by page, for checks that look into bytes. */
import { CompiledQuery } from 'kysely';
import type { Executor } from '#libs/db/database.ts';

const PAGE = 200;

/** Pages by the key of the last row. */
export async function* pages<Row, Key extends readonly unknown[]>(
  db: Executor,
  options: {
    /** Takes the key's parts as $1… and the page's size as the last parameter. */
    readonly text: string;
    readonly first: Key;
    readonly keyOf: (row: Row) => Key;
  },
): AsyncGenerator<Row> {
  const { text, first, keyOf } = options;
  for (let after = first; ; ) {
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...after, PAGE]));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = keyOf(last);
  }
}
