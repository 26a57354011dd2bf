/** Runs checks of stored state against one moment of a database and tells every difference. */
import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '#libs/db/database.ts';
import type { Difference } from '#libs/result/difference.ts';

export interface Check<DB> {
  /** What is re-derived, as in `slices from postings`. */
  readonly name: string;
  run(tx: Transaction<DB>): AsyncIterable<Difference> | Iterable<Difference>;
}

export interface CheckReport {
  readonly check: string;
  readonly differences: readonly Difference[];
  /** More were found than are kept. */
  readonly isCut: boolean;
}

/** One broken table can differ in every row: enough to act on is kept. */
const DIFFERENCES_MAX = 1_000;
/** A check may read a whole table. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** All checks see the same snapshot, so that work going on meanwhile is never a difference. */
export async function runChecks<DB>(
  db: Database<DB>,
  checks: readonly Check<DB>[],
): Promise<CheckReport[]> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await tx.executeQuery(
        CompiledQuery.raw(`set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`, []),
      );
      const reports: CheckReport[] = [];
      for (const check of checks) reports.push(await runCheck(tx, check));
      return reports;
    });
}

async function runCheck<DB>(tx: Transaction<DB>, check: Check<DB>): Promise<CheckReport> {
  const differences: Difference[] = [];
  for await (const difference of check.run(tx)) {
    if (differences.length === DIFFERENCES_MAX) {
      return { check: check.name, differences, isCut: true };
    }
    differences.push(difference);
  }
  return { check: check.name, differences, isCut: false };
}

/** A line for each check, and one for each difference under it. */
export function reportLines(reports: readonly CheckReport[]): string[] {
  return reports.flatMap(({ check, differences, isCut }) => [
    `${check}: ${differences.length}${isCut ? ' or more' : ''} differences`,
    ...differences.map(
      ({ table, key, expected, found }) =>
        `  ${table} ${key}: expected ${expected}, found ${found}`,
    ),
  ]);
}

export function countDifferences(reports: readonly CheckReport[]): number {
  return reports.reduce((count, { differences }) => count + differences.length, 0);
}
