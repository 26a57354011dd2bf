/** Wires the registry and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { createCrashPoints, crashPointsOf } from '#libs/crash-points/crash-points.ts';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger } from '#libs/log/log.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import { openAuthenticator } from '#libs/service/callers.ts';
import { openBus } from '#libs/service/open-bus.ts';
import { durabilityIn, openStore } from '#libs/service/open-store.ts';
import { runService } from '#libs/service/run-service.ts';
import { systemClock } from '#libs/time/clock.ts';
import { marketDateOf } from '#libs/time/local-date.ts';
import { createRegistryApp } from './app.ts';
import { runBackground } from './background.ts';
import { marketOf, readRegistryConfig } from './config.ts';
import { createOwnerKeyStore } from './renderer/owner-keys.ts';
import { createRendering } from './renderer/render-events.ts';
import { createPersonalCipher } from './repositories/personal-cipher.ts';
import { approvalsOf } from './approvals/approval-rules.ts';
import type { RegistrySetting } from './use-cases/act.ts';
import { ensureMarket } from './use-cases/register-subject.ts';
import { openPersonalOf } from './repositories/personal-figures.ts';

const service = 'registry';
const clock = systemClock;
const connectionsMax = 20;

async function start() {
  const config = readRegistryConfig();
  const market = marketOf(config);
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const passphrase = new TextEncoder().encode(config.KEY_PASSPHRASE_FILE);
  const keys = await openKeyFile(config.KEY_FILE, passphrase);
  const store = await openStore<unknown>({
    service,
    connectionString: config.DATABASE_URL_FILE,
    connectionsMax,
    durability: durabilityIn(config.NODE_ENV),
    log,
  });
  const { pool, db } = store;
  const blindIndex = keys.secret('blind-index');
  const personalColumns = keys.secret('personal-columns');
  const cipher = createPersonalCipher({ personalColumns, blindIndex });
  const setting = { cipher, market };
  await registerMarket(db, setting);

  const ownerKeys = createOwnerKeyStore(keys.secret('pack-kek'), clock);
  const { bus, close: closeBus } = openBus(service, config, log);
  const openPersonal = openPersonalOf(cipher);
  const render = createRendering({ keys: ownerKeys, openPersonal, clock });
  const crashPoint = crashPointsOf(service, createCrashPoints(config.QUANJI_CRASH_FILE));
  const relay = startRelay({ pool, bus, log, service, render, crashPoint });
  const stopping = new AbortController();
  const { signal } = stopping;
  const housekeeping = runHousekeeping({ db, clock, log, service, signal });
  const background = runBackground({ db, setting, clock, log, signal });

  const app = createRegistryApp({
    db,
    setting,
    approvals: approvalsOf(setting),
    cursors: createCursorCodec(blindIndex),
    ownerKeys,
    authenticator: openAuthenticator(db, {
      serviceName: service,
      serviceKeysDirectory: config.SERVICE_KEYS_DIR,
      tokens: { issuer: config.TOKEN_ISSUER, jwksUrl: config.TOKEN_JWKS_URL },
    }),
    clock,
    log,
    ready: { database: store.answers },
    validateResponses: config.NODE_ENV === 'test',
    crashPoint,
  });
  const server = await listen({ app, host: config.HOST, port: config.PORT });
  log.info('listening', { port: server.port });

  return async () => {
    stopping.abort();
    await server.close();
    await Promise.all([relay.stop(), housekeeping, background]);
    await closeBus();
    await store.close();
  };
}

/** The market has its own subject before anybody calls: accounts and products name it. */
async function registerMarket(db: Database<unknown>, setting: RegistrySetting): Promise<void> {
  const now = clock.now();
  const act = {
    actor: { kind: 'service', name: service } as const,
    now,
    traceId: newUuid().replaceAll('-', ''),
    businessKey: 'start',
  };
  await inTransaction(db, 'read committed', (tx) =>
    ensureMarket(tx, setting, act, marketDateOf(now)),
  );
}

await runService(service, start);
