/** Wires the supervisory stand-in and runs it. */
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { createCrashPoints } from '#libs/crash-points/crash-points.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { type KeyStore, openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger, type Logger } from '#libs/log/log.ts';
import { openAuthenticator } from '#libs/service/callers.ts';
import { openBus } from '#libs/service/open-bus.ts';
import { durabilityIn, openStore } from '#libs/service/open-store.ts';
import { runService } from '#libs/service/run-service.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createSupervisoryApp } from './app.ts';
import { openChainNodes } from './clients/chain-nodes.ts';
import { openQueryClient } from './clients/query-client.ts';
import { readSupervisoryConfig, type SupervisoryConfig } from './config.ts';
import { startLaneConsumers } from './loops/lane-consumers.ts';
import { startLeaderWork } from './loops/leader-work.ts';
import type { SupervisoryParts } from './parts.ts';
import { ownValidators, readGenesis, readMarketTrust } from './trust.ts';
import { OpenedMessages } from './use-cases/open-message.ts';
import { openMarketView } from './use-cases/open-market-view.ts';
import { pullMarket } from './use-cases/pull-market.ts';

const service = 'supervisory-chain';
const clock = systemClock;
const suite = { sm3, verifySm2 };
const connectionsMax = 20;
const pullLagMs = 5_000;

function partsOf(config: SupervisoryConfig, keys: KeyStore, log: Logger): SupervisoryParts {
  const trust = readMarketTrust(suite, config.MARKET_TRUST_FILE, config.MARKET_CHAIN_ID);
  const validator = keys.signer('validator');
  return {
    chainId: config.SUPERVISORY_CHAIN_ID,
    market: readGenesis(suite, config.GENESIS_FILE, config.MARKET_CHAIN_ID),
    marketGatewayKeys: trust.gatewayKeys,
    sealKeys: trust.sealKeys,
    validator,
    validators: ownValidators(suite, validator),
    gateway: keys.signer('gateway'),
    decryptor: keys.decryptor('decryption'),
    storeKey: keys.secret('store-kek'),
    suite,
    clock,
    log,
    crashPoint: createCrashPoints(config.QUANJI_CRASH_FILE),
  };
}

async function start() {
  const config = readSupervisoryConfig();
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
  const parts = partsOf(config, keys, log);
  await openMarketView(parts, db);

  const { bus, close: closeBus } = openBus(service, config, log);
  const query = openQueryClient({
    baseUrl: config.QUERY_URL,
    ca: config.TLS_CA_FILE,
    certificate: config.TLS_CLIENT_CERT_FILE,
    privateKey: config.TLS_CLIENT_KEY_FILE,
  });
  const nodes = openChainNodes(config.NODE_URLS, keys.jwtKey('service'), clock);
  const lagMs = config.FEED === 'pull' ? 0 : pullLagMs;
  const pull = { parts, nodes, query, lagMs };
  const feed = { parts, pool, bus, messages: new OpenedMessages(parts) };
  const consumers = config.FEED === 'pull' ? [] : startLaneConsumers(feed);
  const work = startLeaderWork({
    ...feed,
    ...(config.FEED === 'lanes' ? {} : { pull: (leader) => pullMarket(pull, leader) }),
  });
  const stopping = new AbortController();
  const housekeeping = runHousekeeping({ db, clock, log, service, signal: stopping.signal });

  const app = createSupervisoryApp({
    parts,
    db,
    cursors: createCursorCodec(keys.secret('store-kek')),
    authenticator: openAuthenticator(db, {
      serviceName: service,
      serviceKeysDirectory: config.SERVICE_KEYS_DIR,
      tokens: { issuer: config.TOKEN_ISSUER, jwksUrl: config.TOKEN_JWKS_URL },
    }),
    log,
    ready: { database: store.answers },
    validateResponses: config.NODE_ENV === 'test',
  });
  const server = await listen({ app, host: config.HOST, port: config.PORT });
  log.info('listening', { port: server.port });

  return async () => {
    stopping.abort();
    await server.close();
    await Promise.all([...consumers.map((consumer) => consumer.stop()), work.stop(), housekeeping]);
    query.close();
    await closeBus();
    await store.close();
  };
}

await runService(service, start);
