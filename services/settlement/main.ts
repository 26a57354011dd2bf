/** Wires settlement and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { crashPointsOf, createCrashPoints } from '#libs/crash-points/crash-points.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger, type Logger } from '#libs/log/log.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import { openAuthenticator } from '#libs/service/callers.ts';
import { openBus } from '#libs/service/open-bus.ts';
import { durabilityIn, openStore } from '#libs/service/open-store.ts';
import { runService } from '#libs/service/run-service.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createSettlementApp } from './app.ts';
import { approvalRules } from './approvals.ts';
import { createDocumentCipher } from './bank/document-cipher.ts';
import { createEmbeddedBank } from './bank/embedded-bank.ts';
import { createPayeeCipher } from './bank/payee-cipher.ts';
import { createPayloadCipher } from './bank/payload-cipher.ts';
import { readSettlementConfig, type SettlementConfig } from './config.ts';
import { startEngine } from './engine/settlement-engine.ts';
import { createRegistryClient } from './registry/registry-client.ts';
import { createPackCipher } from './renderer/pack-cipher.ts';
import { createRendering } from './renderer/render-events.ts';
import { openOwnAccounts } from './repositories/money-repository.ts';

const service = 'settlement';
const clock = systemClock;
const connectionsMax = 16;

/** With the market's own accounts. */
async function openSettlementStore(config: SettlementConfig, log: Logger) {
  const store = await openStore<unknown>({
    service,
    connectionString: config.DATABASE_URL_FILE,
    connectionsMax,
    durability: durabilityIn(config.NODE_ENV),
    log,
  });
  const [bank, fees, tax, suspense] = [newUuid(), newUuid(), newUuid(), newUuid()];
  await openOwnAccounts(store.db, { bank, fees, tax, suspense });
  return store;
}

async function start() {
  const config = readSettlementConfig();
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const keys = await openKeyFile(
    config.KEY_FILE,
    new TextEncoder().encode(config.KEY_PASSPHRASE_FILE),
  );
  const store = await openSettlementStore(config, log);
  const { pool, db } = store;
  const registry = createRegistryClient({
    baseUrl: config.REGISTRY_URL,
    key: keys.jwtKey('service'),
    clock,
  });
  const personal = keys.secret('personal-columns');
  const payees = createPayeeCipher(personal);
  const packs = createPackCipher(keys.secret('pack-kek'), clock);
  const bank = createEmbeddedBank(db, clock);
  const crashPoint = createCrashPoints(config.QUANJI_CRASH_FILE);
  const { bus, close: closeBus } = openBus(service, config, log);

  const ofService = crashPointsOf(service, crashPoint);
  const render = createRendering(packs, clock);
  const relay = startRelay({ pool, bus, log, service, render, crashPoint: ofService });
  const engine = startEngine({ pool, log, registry, bank, payees, clock, crashPoint });
  const stopping = new AbortController();
  const housekeeping = runHousekeeping({ db, clock, log, service, signal: stopping.signal });

  const app = createSettlementApp({
    db,
    registry,
    cursors: createCursorCodec(personal),
    approvals: approvalRules({ registry, payees, cipher: createPayloadCipher(personal) }),
    documents: createDocumentCipher(personal),
    packs,
    authenticator: openAuthenticator(db, {
      serviceName: service,
      serviceKeysDirectory: config.SERVICE_KEYS_DIR,
      tokens: { issuer: config.TOKEN_ISSUER, jwksUrl: config.TOKEN_JWKS_URL },
    }),
    clock,
    log,
    ready: { database: store.answers },
    validateResponses: config.NODE_ENV === 'test',
    crashPoint: ofService,
  });
  const server = await listen({ app, host: config.HOST, port: config.PORT });
  log.info('listening', { port: server.port });

  return async () => {
    stopping.abort();
    await server.close();
    await Promise.all([engine.stop(), relay.stop(), housekeeping]);
    await closeBus();
    await store.close();
  };
}

await runService(service, start);
