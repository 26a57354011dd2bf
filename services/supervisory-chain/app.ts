/** The Express app of the supervisory stand-in. */
import { supervisoryChainContract } from '#libs/contracts/generated/supervisory-chain-contract.ts';
import { commandRunner } from '#libs/db/command.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import { type RouteParts, supervisoryRoutes } from './http/routes.ts';

export interface SupervisoryApp extends RouteParts {
  readonly authenticator: Authenticator;
  readonly log: HttpLog;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
}

export function createSupervisoryApp(app: SupervisoryApp) {
  return createServiceApp({
    contract: supervisoryChainContract,
    routes: supervisoryRoutes(app),
    authenticator: app.authenticator,
    clock: app.parts.clock,
    log: app.log,
    runCommand: commandRunner(app.db),
    ready: app.ready,
    validateResponses: app.validateResponses,
  });
}
