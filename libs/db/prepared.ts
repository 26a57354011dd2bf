/** Hot statements in plain SQL, planned once per connection under a fixed name. */
import { CompiledQuery } from 'kysely';
import type { Executor } from './database.ts';
import type { NamedQuery } from './driver.ts';

/**
 * Runs a named statement. One name must always carry one text: pg refuses a second one.
 * The row type is the caller's claim about the statement's columns.
 */
export async function prepared<R>(
  executor: Executor,
  name: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const query: NamedQuery<R> = { ...CompiledQuery.raw(sql, [...values]), name };
  const result = await executor.executeQuery<R>(query);
  return result.rows;
}

/** As `prepared`, for a statement that answers with exactly one row. */
export async function preparedOne<R>(
  executor: Executor,
  name: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R> {
  const rows = await prepared<R>(executor, name, sql, values);
  const [row] = rows;
  if (row === undefined || rows.length !== 1) {
    throw new Error(`statement ${name} answered ${rows.length} rows instead of one`);
  }
  return row;
}
