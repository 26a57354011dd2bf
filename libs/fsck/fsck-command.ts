/** One service's `fsck`: its stored state against itself, read as the auditor in one snapshot. */
import { parseArgs } from 'node:util';
import { createDatabase } from '#libs/db/database.ts';
import { storeOf } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { runCommand, say } from '#libs/installation/command.ts';
import { type Installation, readInstallation } from '#libs/installation/installation.ts';
import { type Check, countDifferences, reportLines, runChecks } from './run-checks.ts';

export interface StoreChecks {
  /** As in libs/db/plan.ts. */
  readonly service: string;
  readonly checks: readonly Check<unknown>[];
}

/** Exit codes of every fsck. */
export const FSCK_EXIT = { whole: 0, differences: 1, cannotRun: 2 } as const;

/** A check reads whole tables, and verifies signatures between two pages of them. */
export const PATIENCE = {
  statementTimeoutMs: 600_000,
  idleInTransactionTimeoutMs: 600_000,
  acquireTimeoutMs: 60_000,
} as const;

/** `words`: those of the command line beside the installation's directory. */
export async function runFsck(
  checksOf: (
    installation: Installation,
    words: readonly string[],
  ) => StoreChecks | Promise<StoreChecks>,
): Promise<void> {
  await runCommand(async () => {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: { data: { type: 'string', default: 'data' } },
    });
    const installation = readInstallation(values.data);
    return await checkStore(installation, await checksOf(installation, positionals));
  }, FSCK_EXIT.cannotRun);
}

async function checkStore(
  installation: Installation,
  { service, checks }: StoreChecks,
): Promise<number> {
  const { database, schema } = storeOf(service);
  const pool = createPool({
    connectionString: installation.auditorUrl(database),
    schema,
    applicationName: 'quanji-fsck',
    connectionsMax: 1,
    ...PATIENCE,
    onIdleError: () => undefined,
  });
  const db = createDatabase<unknown>(pool);
  try {
    const reports = await runChecks(db, checks);
    for (const line of reportLines(reports)) say(line);
    return countDifferences(reports) === 0 ? FSCK_EXIT.whole : FSCK_EXIT.differences;
  } finally {
    await db.destroy();
  }
}
