/** The Express app of a chain node, whichever its role. */
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { patientCallLimit } from '#libs/http/call-limit.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import { chainRoutes } from './http/chain-routes.ts';
import { blockRoutes, networkRoutes, type NodeIdentity } from './http/rpc-routes.ts';
import { sequencerRoutes } from './http/sequencer-routes.ts';
import type { ChainReader } from './use-cases/read-chain.ts';
import type { Sequencer } from './use-cases/run-sequencer.ts';

export interface ChainNodeApp {
  readonly node: NodeIdentity;
  readonly reader: ChainReader;
  /** Absent on a follower. */
  readonly sequencer?: Sequencer;
  readonly authenticator: Authenticator;
  readonly log: HttpLog;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
}

export function createChainNodeApp(app: ChainNodeApp) {
  return createServiceApp({
    contract: chainNodeContract,
    routes: [
      ...sequencerRoutes(app.reader, app.sequencer),
      ...chainRoutes(app.reader),
      ...networkRoutes(app.reader, app.node),
      ...blockRoutes(app.reader),
    ],
    authenticator: app.authenticator,
    clock: app.reader.context.clock,
    log: app.log,
    ready: app.ready,
    callLimit: patientCallLimit,
    validateResponses: app.validateResponses,
  });
}
