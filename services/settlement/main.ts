/** Wires settlement and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { crashPointsOf, createCrashPoints } from '#libs/crash-points/crash-points.ts';
import { createDatabase } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { assertSchemaVersion } from '#libs/db/schema-version.ts';
import { assertPostgresSettings } from '#libs/db/settings.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger, type Logger } from '#libs/log/log.ts';
import { startRelay } from '#libs/outbox/relay.ts';
import { openAuthenticator } from '#libs/service/callers.ts';
import { openBus } from '#libs/service/open-bus.ts';
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

/** A database of the schema this code was made for, with the market's own accounts. */
async function openStore(config: SettlementConfig, log: Logger) {
  const pool = createPool({
    connectionString: config.DATABASE_URL_FILE,
    schema: service,
    applicationName: service,
    connectionsMax: 16,
    onIdleError: (error) => log.warn('an idle connection was lost', { error }),
  });
  const db = createDatabase<unknown>(pool);
  await assertPostgresSettings(db, {
    durability: config.NODE_ENV === 'test' ? 'waived' : 'required',
  });
  await assertSchemaVersion(db, service);
  await openOwnAccounts(db, {
    bank: newUuid(),
    fees: newUuid(),
    tax: newUuid(),
    suspense: newUuid(),
  });
  return { pool, db };
}

async function start() {
  const config = readSettlementConfig();
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const keys = await openKeyFile(
    config.KEY_FILE,
    new TextEncoder().encode(config.KEY_PASSPHRASE_FILE),
  );
  const { pool, db } = await openStore(config, log);
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
    ready: { database: () => pool.query('select 1') },
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
    await db.destroy();
  };
}

await runService(service, start);
