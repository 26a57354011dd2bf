/** Wires the portal and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { listen } from '#libs/http/listen.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger } from '#libs/log/log.ts';
import { present } from '#libs/result/result.ts';
import { durabilityIn, openStore } from '#libs/service/open-store.ts';
import { runService } from '#libs/service/run-service.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createPortalApp } from './app.ts';
import { readPortalConfig } from './config.ts';
import { forgetExpired } from './housekeeping.ts';
import { signingKeyOf } from './oidc/signing-key.ts';
import { subjectLookUp } from './registry-subjects.ts';
import { upstreamsOf } from './upstreams.ts';
import { seedDemoUsers } from './use-cases/seed-demo-users.ts';

const service = 'portal';
const clock = systemClock;
const connectionsMax = 16;

async function start() {
  const config = readPortalConfig();
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const passphrase = new TextEncoder().encode(config.KEY_PASSPHRASE_FILE);
  const keys = await openKeyFile(config.KEY_FILE, passphrase);
  const store = await openStore<DB>({
    service,
    connectionString: config.DATABASE_URL_FILE,
    connectionsMax,
    durability: durabilityIn(config.NODE_ENV),
    log,
  });
  const { db } = store;
  await seedDemoUsers(db, clock.now(), config.DEMO_USERS_FILE ?? []);

  const oidcKey = keys.publicKeys().find(({ name }) => name === 'oidc-signing');
  const { keyId } = present(oidcKey, 'the key oidc-signing');
  const stopping = new AbortController();
  const { signal } = stopping;
  const housekeeping = [
    runHousekeeping({ db, clock, log, service, signal }),
    forgetExpired({ db, clock, log, signal }),
  ];
  const app = createPortalApp({
    db,
    clock,
    log,
    publicUrl: config.PUBLIC_URL,
    issuer: config.TOKEN_ISSUER,
    key: await signingKeyOf(keys.jwtKey('oidc-signing'), keyId),
    secret: keys.secret('cookies'),
    upstreams: upstreamsOf({
      registry: config.REGISTRY_URL,
      settlement: config.SETTLEMENT_URL,
      regulatorLink: config.REGULATOR_LINK_URL,
      supervisoryChain: config.SUPERVISORY_URL,
      chainNodes: config.CHAIN_NODE_URLS,
    }),
    isSubjectKnown: subjectLookUp({
      baseUrl: config.REGISTRY_URL,
      key: keys.jwtKey('service'),
      clock,
    }),
    ready: { database: store.answers },
    validateResponses: config.NODE_ENV === 'test',
  });
  const server = await listen({ app, host: config.HOST, port: config.PORT });
  log.info('listening', { port: server.port });

  return async () => {
    stopping.abort();
    await server.close();
    await Promise.all(housekeeping);
    await store.close();
  };
}

await runService(service, start);
