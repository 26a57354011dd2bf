/** Starts a market's view from the genesis that both sides pinned; once. */
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { encodeHeader } from '#libs/proof/header.ts';
import { genesisHeader, genesisHeaderHash } from '#libs/proof/genesis.ts';
import { LANE } from '#libs/proof/record-frame.ts';
import { assert, ok } from '#libs/result/result.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import type { SupervisoryParts } from '../parts.ts';
import { headerAt, openMarket } from '../repositories/market-repository.ts';

/** Asserts that a view opened earlier began with the same genesis. */
export async function openMarketView(
  { suite, market, clock }: SupervisoryParts,
  db: Database<unknown>,
): Promise<void> {
  const headerHash = genesisHeaderHash(suite, market);
  await inTransaction<unknown, undefined, never>(db, 'read committed', async (tx) => {
    await openMarket(
      tx,
      market.chainId,
      { height: 0n, header: encodeHeader(genesisHeader(suite, market)), headerHash, treeSize: 0n },
      Object.keys(LANE),
      clock.now(),
    );
    const stored = await headerAt(tx, market.chainId, 0n);
    assert(stored !== undefined && equalBytes(stored.headerHash, headerHash), 'another genesis');
    return ok();
  });
}
