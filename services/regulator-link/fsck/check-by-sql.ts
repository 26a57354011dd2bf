// A check that one statement answers: rows of key, column, expected and found, all as text.
import { CompiledQuery } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';

interface DifferenceRow {
  readonly key: string;
  readonly column: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** The report keeps no more than this of one check anyway. */
const ROWS_MAX = 1_001;

export function checkBySql(name: string, table: string, text: string): Check<unknown> {
  return { name, run: (tx) => run(tx, table, text) };
}

async function* run(db: Executor, table: string, text: string): AsyncGenerator<Difference> {
  const limited = `select * from (${text}) d limit ${ROWS_MAX}`;
  const { rows } = await db.executeQuery<DifferenceRow>(CompiledQuery.raw(limited, []));
  for (const { key, column, expected, found } of rows) {
    const differing = { table, key: `${key} ${column}` };
    yield { ...differing, expected: expected ?? 'nothing', found: found ?? 'nothing' };
  }
}

/** All rows of a statement, for checks that look into bytes. Pages by the key of the last row. */
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
  const size = 200;
  for (let after = first; ; ) {
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, [...after, size]));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = keyOf(last);
  }
}
