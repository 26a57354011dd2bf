// The whole check of a chain node's store, as a test wants it: every difference in one list.
import { createDatabase } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { runChecks } from '#libs/fsck/run-checks.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import type { Difference } from '#libs/result/difference.ts';
import { chainChecks } from '../../services/chain-node/fsck.ts';
import type { ChainTables } from '../../services/chain-node/repositories/writer-session.ts';
import type { ServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';

export async function chainDifferences(
  database: ServiceDatabase,
  genesis: Genesis,
): Promise<readonly Difference[]> {
  const connectionString = database.auditorUrl;
  const db = createDatabase<ChainTables>(
    createPool({ connectionString, schema: 'chain', applicationName: 'chain-check' }),
  );
  try {
    const reports = await runChecks(db, chainChecks(smSuite, genesis));
    return reports.flatMap((report) => report.differences);
  } finally {
    await db.destroy();
  }
}
