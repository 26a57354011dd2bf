/** A check that one statement answers: rows of key, column, expected and found. */
import { CompiledQuery } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Check } from './run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';

interface DifferenceRow {
  readonly key: string;
  readonly column: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** One broken table can differ in every row; the report keeps no more than this anyway. */
const ROWS_MAX = 1_001;

/** `text` selects key, column, expected and found, as text, of whatever differs. */
export function checkBySql(name: string, table: string, text: string): Check<unknown> {
  return { name, run: (tx) => run(tx, table, text) };
}

async function* run(db: Executor, table: string, text: string): AsyncGenerator<Difference> {
  const limited = `select * from (${text}) d limit ${ROWS_MAX}`;
  const { rows } = await db.executeQuery<DifferenceRow>(CompiledQuery.raw(limited, []));
  for (const { key, column, expected, found } of rows) {
    yield {
      table,
      key: `${key} ${column}`,
      expected: expected ?? 'nothing',
      found: found ?? 'nothing',
    };
  }
}

export interface Comparison {
  /** SQL of what must be: key columns and compared columns. */
  readonly expected: string;
  /** SQL of what is stored, with the same columns. */
  readonly found: string;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

/** Rows that only one side has differ in every column; the others where the sides do. */
export function comparison({ expected, found, keys, columns }: Comparison): string {
  const join = keys.map((key) => `e.${key} = f.${key}`).join(' and ');
  const parts = keys.map((key) => `'${key}=' || coalesce(e.${key}, f.${key})`).join(", ' ', ");
  const values = columns
    .map((column) => `('${column}', e.${column}::text, f.${column}::text)`)
    .join(', ');
  return `
    select concat(${parts}) as key, v.name as column, v.expected, v.found
    from (${expected}) e
    full join (${found}) f on ${join}
    cross join lateral (values ${values}) as v (name, expected, found)
    where v.expected is distinct from v.found`;
}
