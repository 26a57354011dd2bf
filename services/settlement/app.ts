/** The Express app of settlement. */
import { settlementContract } from '#libs/contracts/generated/settlement-contract.ts';
import type { CrashPoint } from '#libs/crash-points/crash-points.ts';
import { commandRunner } from '#libs/db/command.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import type { Clock } from '#libs/time/clock.ts';
import { approvalRoutes, cycleRoutes, objectRoutes } from './http/cycle-routes.ts';
import { moneyRoutes } from './http/money-routes.ts';
import type { RouteParts } from './http/route-parts.ts';
import { documentRoutes, transferRoutes } from './http/transfer-routes.ts';

export interface SettlementApp extends RouteParts {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: HttpLog;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
  readonly crashPoint?: CrashPoint;
}

export function createSettlementApp(app: SettlementApp) {
  return createServiceApp({
    contract: settlementContract,
    routes: [
      ...documentRoutes(app),
      ...transferRoutes(app),
      ...cycleRoutes(app),
      ...moneyRoutes(app),
      ...objectRoutes(app),
      ...approvalRoutes(app),
    ],
    authenticator: app.authenticator,
    clock: app.clock,
    log: app.log,
    runCommand: commandRunner(app.db, app.crashPoint),
    ready: app.ready,
    validateResponses: app.validateResponses,
  });
}
