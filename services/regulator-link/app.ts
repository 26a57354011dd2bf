// The Express apps of the link: its API, and the regulator's query interface on a port of its own.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Express, Request } from 'express';
import { TLSSocket } from 'node:tls';
import type { operations } from '#libs/contracts/generated/regulator-query.ts';
import { regulatorLinkContract } from '#libs/contracts/generated/regulator-link-contract.ts';
import { regulatorQueryContract } from '#libs/contracts/generated/regulator-query-contract.ts';
import type { Database } from '#libs/db/database.ts';
import type { Actor } from '#libs/http/actor.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { routesOf } from '#libs/http/route.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import { ok } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Clock } from '#libs/time/clock.ts';
import { linkRoutes, type LinkRouteDeps } from './http/fact-routes.ts';
import { readSnapshot } from './use-cases/read-snapshot.ts';

interface AppDeps {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: HttpLog;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
}

export function createLinkApp(deps: AppDeps & LinkRouteDeps): Express {
  return createServiceApp({
    contract: regulatorLinkContract,
    routes: linkRoutes(deps),
    authenticator: deps.authenticator,
    clock: deps.clock,
    log: deps.log,
    ready: deps.ready,
    validateResponses: deps.validateResponses,
  });
}

export interface QueryAppDeps extends AppDeps {
  readonly db: Database<unknown>;
  readonly recordKek: Uint8Array;
}

/** Names are for the audit trail; who may connect is decided by TLS before any of this runs. */
function certificateName(req: Request): string {
  if (!(req.socket instanceof TLSSocket)) return 'no-certificate';
  const { subject } = req.socket.getPeerCertificate();
  const name = subject?.CN;
  return (Array.isArray(name) ? name[0] : name)?.slice(0, 64) ?? 'unnamed-certificate';
}

const { query } = routesOf<operations>(regulatorQueryContract);

export function createQueryApp(deps: QueryAppDeps): Express {
  const callers = new AsyncLocalStorage<string>();
  const routes = [
    query('getObjectSnapshot', async ({ params, query: asked }, context) => {
      const actor: Actor = { kind: 'service', name: callers.getStore() ?? 'unnamed-certificate' };
      const { revision } = asked;
      const found = await readSnapshot(
        deps.db,
        deps.recordKek,
        { ...context, actor },
        {
          objectId: params.objectId,
          version: Number.parseInt(params.version, 10),
          revision: revision === undefined ? undefined : Number.parseInt(revision, 10),
        },
      );
      if (!found.ok) return found;
      const { snapshot: bytes, snapshotHash, revision: read } = found.value;
      return ok({
        status: 200 as const,
        bytes,
        mediaType: 'application/octet-stream' as const,
        headers: {
          'Snapshot-Hash': toHex(snapshotHash),
          'Object-Revision': read.toString(),
        },
      });
    }),
  ];
  return createServiceApp({
    contract: regulatorQueryContract,
    routes,
    authenticator: deps.authenticator,
    clock: deps.clock,
    log: deps.log,
    ready: deps.ready,
    validateResponses: deps.validateResponses,
    extend: (app) => {
      app.use((req, _res, next) => callers.run(certificateName(req), next));
    },
  });
}
