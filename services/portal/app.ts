/** The Express app of the portal: provider, pages, documentation, proxy, and its own contract. */
import type { Express } from 'express';
import type { KoaContext, Provider } from 'oidc-provider';
import { portalContract } from '#libs/contracts/generated/portal-contract.ts';
import { commandRunner } from '#libs/db/command.ts';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import type { ReadinessChecks } from '#libs/http/health.ts';
import { limitRate } from '#libs/http/rate-limit.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import type { Logger } from '#libs/log/log.ts';
import { preferredLanguage } from '#libs/problem/language.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import { approvalRoutes, loginRoutes } from './http/api-routes.ts';
import { mountDocs } from './http/docs.ts';
import { proxyToServices } from './http/proxy.ts';
import { bearerFromSession } from './http/session-cookie.ts';
import { mountPages } from './http/sign-in-pages.ts';
import { createProvider } from './oidc/provider.ts';
import type { SigningKey } from './oidc/signing-key.ts';
import { faultPage } from './pages/pages.ts';
import { portalDocument, type Upstream } from './upstreams.ts';

export interface PortalApp {
  readonly db: Database<DB>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly issuer: string;
  readonly key: SigningKey;
  /** 32 bytes, from which the secrets of cookies, codes and cursors are derived. */
  readonly secret: Uint8Array;
  readonly upstreams: readonly Upstream[];
  readonly isSubjectKnown: (subjectId: string) => Promise<boolean>;
  readonly ready: ReadinessChecks;
  readonly validateResponses: boolean;
  readonly limits?: RateLimits;
}

/** Calls that one address may make in a minute. */
export interface RateLimits {
  readonly signIns: number;
  readonly calls: number;
}

const LIMITS: RateLimits = { signIns: 120, calls: 6_000 };

export function createPortalApp(app: PortalApp): Express {
  const { db, clock, issuer, key } = app;
  const authenticator = createAuthenticator({
    serviceName: 'portal',
    people: { issuer, keys: key.publicKeys },
  });
  const parts = {
    db,
    cursors: createCursorCodec(derive(app.secret, 'cursors')),
    secret: derive(app.secret, 'activation'),
    isSubjectKnown: app.isSubjectKnown,
  };
  return createServiceApp({
    contract: portalContract,
    routes: [...loginRoutes(parts), ...approvalRoutes(parts)],
    authenticator,
    clock,
    log: app.log,
    runCommand: commandRunner(db),
    ready: app.ready,
    validateResponses: app.validateResponses,
    extend: (express) => {
      const limits = app.limits ?? LIMITS;
      const session = { ...app, secret: derive(app.secret, 'csrf') };
      const provider = openProvider(app);
      express.use(limitRate({ windowMs: 60_000, callsMax: limits.calls }));
      express.use('/oidc', (req, res) => provider.callback()(req, res));
      mountPages(express, { ...session, provider, signInsPerMinute: limits.signIns });
      mountDocs(express, [portalDocument, ...app.upstreams]);
      const limitActivations = limitRate({ windowMs: 60_000, callsMax: limits.signIns });
      express.post('/v1/login-activations', limitActivations);
      const proxy = proxyToServices({ upstreams: app.upstreams, authenticator, clock });
      express.use(['/v1', '/api'], bearerFromSession(session));
      express.use('/api', proxy);
    },
  });
}

function openProvider(app: PortalApp): Provider {
  return createProvider({
    ...app,
    cookieSecret: toHex(derive(app.secret, 'oidc-cookies')),
    errorPage: (ctx: KoaContext) =>
      faultPage(preferredLanguage(ctx.get('accept-language')), 'badRequest'),
  });
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return hmacSm3(secret, Buffer.from(`quanji-portal:${purpose}`, 'utf8'));
}
