// The Express app of a service: its contract, its routes, and what every call goes through.
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Contract, HttpMethod, Operation } from '#libs/contracts/contract.ts';
import { assert } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { callTraceId, sendProblem } from './answer.ts';
import type { Authenticator } from './authenticate.ts';
import { answerCall, readCall } from './call-chain.ts';
import type { RunCommand } from './command-runner.ts';
import { type CallLimit, limitCalls, usualCallLimit } from './call-limit.ts';
import { contractValidator } from './contract-validator.ts';
import { answerErrors, type HttpLog, RefusedCall } from './error-answer.ts';
import { healthRoutes, type ReadinessChecks } from './health.ts';
import type { Route } from './route.ts';

export interface ServiceAppOptions<Operations, Tx> {
  readonly contract: Contract<Operations>;
  readonly routes: readonly Route<Tx>[];
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: HttpLog;
  /** Needed where there are commands; see libs/http/database-commands.ts. */
  readonly runCommand?: RunCommand<Tx>;
  /** What must answer before the service says that it is ready. */
  readonly ready?: ReadinessChecks;
  /** The usual one where none is given. */
  readonly callLimit?: CallLimit;
  /** On in tests: an answer that breaks the contract becomes a 500. */
  readonly validateResponses: boolean;
  /** For what a contract cannot describe, such as pages; mounted before the routes. */
  readonly extend?: (app: Express) => void;
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

interface PlannedRoute<Tx> {
  readonly operation: Operation;
  readonly route: Route<Tx>;
}

/** Pairs operations and routes. Asserts that each has exactly one of the other. */
const planRoutes = <Tx>(
  operations: ReadonlyMap<string, Operation>,
  routes: readonly Route<Tx>[],
): PlannedRoute<Tx>[] => {
  const byId = new Map(routes.map((route) => [route.operationId, route]));
  assert(byId.size === routes.length, 'two routes have the same operation');
  const missing = [...operations.keys()].filter((id) => !byId.has(id));
  assert(missing.length === 0, `operations without a route: ${missing.join(', ')}`);
  return routes.map((route) => {
    const operation = operations.get(route.operationId);
    assert(operation !== undefined, `the contract has no operation ${route.operationId}`);
    return { operation, route };
  });
};

const refuseMethod =
  (allowed: readonly HttpMethod[]): RequestHandler =>
  (req, res) => {
    res.set('Allow', allowed.map((method) => method.toUpperCase()).join(', '));
    const method = req.method.slice(0, 20);
    sendProblem(req, res, { code: 'method-not-allowed', params: { method } });
  };

const mountRoutes = <Tx>(
  app: Express,
  planned: readonly PlannedRoute<Tx>[],
  options: ServiceAppOptions<unknown, Tx>,
): void => {
  const validate = contractValidator(options.contract.documentFile, options);
  const takeTurn = limitCalls(options.callLimit ?? usualCallLimit);
  const methodsOf = new Map<string, HttpMethod[]>();
  // A path without parameters must not be taken for one with parameters.
  const ordered = planned.toSorted((a, b) => (a.operation.path < b.operation.path ? -1 : 1));
  const literalFirst = ordered.toSorted(
    (a, b) => Number(a.operation.path.includes('{')) - Number(b.operation.path.includes('{')),
  );
  for (const { operation, route } of literalFirst) {
    const path = expressPath(operation.path);
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), operation.method]);
    app[operation.method](
      path,
      async (_req, res, next) => {
        await takeTurn(res);
        next();
      },
      ...readCall(operation, options),
      ...validate,
      answerCall(operation, route, options),
    );
  }
  for (const [path, methods] of methodsOf) app.all(path, refuseMethod(methods));
};

/**
 * Makes the app. A call is, in this order: given a trace id, given its turn, authenticated,
 * admitted, its body read within limits, confirmed against the caller's token, validated, handled.
 * Asserts that routes and operations match.
 */
export const createServiceApp = <Operations, Tx = never>(
  options: ServiceAppOptions<Operations, Tx>,
): Express => {
  const operations = new Map<string, Operation>(Object.entries(options.contract.operations));
  const planned = planRoutes(operations, options.routes);
  const hasCommands = planned.some(({ route }) => route.kind === 'command');
  assert(!hasCommands || options.runCommand !== undefined, 'commands need runCommand');

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } }));
  app.use((req, res, next) => {
    res.set('Cache-Control', 'no-store');
    res.set('Trace-Id', callTraceId(req, res));
    next();
  });
  healthRoutes(app, options.ready ?? {});
  options.extend?.(app);
  mountRoutes(app, planned, options);
  app.use(() => {
    throw new RefusedCall({ code: 'not-found' });
  });
  app.use(answerErrors(options.log));
  return app;
};
