/** Brings a writer up to where the store stands: the genesis block, and the state to go on from. */
import { type ChainState, genesisState } from '#libs/chain-application/state.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { genesisHeader } from '#libs/proof/genesis.ts';
import { encodeHeader } from '#libs/proof/header.ts';
import { assert, ok } from '#libs/result/result.ts';
import {
  findBlock,
  findFirstUnsigned,
  findLastHeight,
  insertBlock,
} from '../repositories/block-repository.ts';
import { loadChainState } from '../repositories/state-repository.ts';
import type { WriterSession } from '../repositories/writer-session.ts';
import type { NodeContext } from './node-context.ts';

/** Asserts that the store's genesis is the one of the genesis file. */
export async function ensureGenesis(
  session: WriterSession,
  { db, suite, genesis }: NodeContext,
): Promise<void> {
  const header = genesisHeader(suite, genesis);
  const headerHash = genesisState(suite, genesis).headerHash;
  const known = await findBlock(db, 0n);
  if (known === undefined) {
    await session.write(async (tx) => {
      const headerBytes = encodeHeader(header);
      await insertBlock(tx, {
        header,
        headerBytes,
        headerHash,
        recordCount: 0,
        lanes: [],
        nodes: [],
      });
      return ok();
    });
    return;
  }
  assert(equalBytes(known.headerHash, headerHash), 'the store holds the chain of another genesis');
}

/** The state behind the last block. */
export async function loadLastState(context: NodeContext): Promise<ChainState> {
  const height = (await findLastHeight(context.db)) ?? 0n;
  return loadChainState(context.db, context.suite, context.genesis, height);
}

/** The state behind the last block that the key has signed. */
export async function loadSignedState(context: NodeContext, keyId: string): Promise<ChainState> {
  const unsigned = await findFirstUnsigned(context.db, keyId);
  if (unsigned === undefined) return loadLastState(context);
  return loadChainState(context.db, context.suite, context.genesis, unsigned - 1n);
}
