/** The Express app of the registry: what supertest loads and main.ts serves. */
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import type { CrashPoint } from '#libs/crash-points/crash-points.ts';
import { commandRunner } from '#libs/db/command.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import type { Clock } from '#libs/time/clock.ts';
import { approvalRoutes } from './http/approval-routes.ts';
import { changeRoutes } from './http/change-routes.ts';
import { documentRoutes } from './http/document-routes.ts';
import { ledgerRoutes } from './http/ledger-routes.ts';
import { partyRoutes } from './http/party-routes.ts';
import { rosterImportRoutes } from './http/roster-import-routes.ts';
import { ruleRoutes } from './http/rule-routes.ts';
import type { RegistryServices } from './http/services.ts';
import type { OwnerKeyStore } from './renderer/owner-keys.ts';

export interface RegistryApp extends RegistryServices {
  readonly ownerKeys: OwnerKeyStore;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: HttpLog;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
  readonly crashPoint?: CrashPoint;
}

export function createRegistryApp(app: RegistryApp) {
  return createServiceApp({
    contract: registryContract,
    routes: [
      ...changeRoutes(app),
      ...partyRoutes(app),
      ...ruleRoutes(app),
      ...documentRoutes(app),
      ...rosterImportRoutes(app),
      ...approvalRoutes(app),
      ...ledgerRoutes(app, app.ownerKeys),
    ],
    authenticator: app.authenticator,
    clock: app.clock,
    log: app.log,
    runCommand: commandRunner(app.db, app.crashPoint),
    ready: app.ready,
    validateResponses: app.validateResponses,
  });
}
