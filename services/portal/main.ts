/** Wires the portal and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { createDatabase } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { createPool } from '#libs/db/pool.ts';
import { assertSchemaVersion } from '#libs/db/schema-version.ts';
import { assertPostgresSettings } from '#libs/db/settings.ts';
import { listen } from '#libs/http/listen.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger } from '#libs/log/log.ts';
import { present } from '#libs/result/result.ts';
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

async function start() {
  const config = readPortalConfig();
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const passphrase = new TextEncoder().encode(config.KEY_PASSPHRASE_FILE);
  const keys = await openKeyFile(config.KEY_FILE, passphrase);
  const pool = createPool({
    connectionString: config.DATABASE_URL_FILE,
    schema: service,
    applicationName: service,
    connectionsMax: 16,
    onIdleError: (error) => log.warn('an idle connection was lost', { error }),
  });
  const db = createDatabase<DB>(pool);
  const durability = config.NODE_ENV === 'test' ? 'waived' : 'required';
  await assertPostgresSettings(db, { durability });
  await assertSchemaVersion(db, service);
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
    ready: { database: () => pool.query('select 1') },
    validateResponses: config.NODE_ENV === 'test',
  });
  const server = await listen({ app, host: config.HOST, port: config.PORT });
  log.info('listening', { port: server.port });

  return async () => {
    stopping.abort();
    await server.close();
    await Promise.all(housekeeping);
    await db.destroy();
  };
}

await runService(service, start);
