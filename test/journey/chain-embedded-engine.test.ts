// The embedded engine, sequencer and follower on two stores, under the contract of all engines.
import { startChainNodes } from '../support/chain-nodes.ts';
import { describeLedgerEngine } from './ledger-engine.contract.ts';

describeLedgerEngine('embedded', async () => {
  const nodes = await startChainNodes();
  return {
    engine: nodes.engine,
    chainId: nodes.keys.genesis.chainId,
    witnesses: nodes.keys.genesis.witnesses,
    restart: async () => {
      await nodes.stop('sequencer');
      await nodes.start('sequencer');
    },
    close: () => nodes.close(),
  };
});
