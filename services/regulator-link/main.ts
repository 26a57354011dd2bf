// Wires the regulator link and runs it.
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { settlementContract } from '#libs/contracts/generated/settlement-contract.ts';
import { supervisoryChainContract } from '#libs/contracts/generated/supervisory-chain-contract.ts';
import { createCrashPoints } from '#libs/crash-points/crash-points.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { createServiceClient } from '#libs/http/service-client.ts';
import { type KeyStore, openKeyFile } from '#libs/key-store/key-store.ts';
import { createEmbeddedEngine } from '#libs/ledger-engine/embedded-engine.ts';
import { createLogger } from '#libs/log/log.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { openAuthenticator } from '#libs/service/callers.ts';
import { openBus } from '#libs/service/open-bus.ts';
import { durabilityIn, openStore } from '#libs/service/open-store.ts';
import { runService } from '#libs/service/run-service.ts';
import { hmacSm3, sm3 } from '#libs/sm/sm3.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createLinkApp, createQueryApp } from './app.ts';
import { registryInvestorCodes } from './clients/investor-codes.ts';
import { registryPacks, settlementPacks } from './clients/pack-source.ts';
import { resultsOf } from './clients/result-source.ts';
import {
  type LinkConfig,
  readGenesis,
  readLinkConfig,
  readSupervisoryTrust,
  readTlsFile,
} from './config.ts';
import { connectionsOfLoops, defaultTiming, startLink } from './link.ts';

const service = 'regulator-link';
const clock = systemClock;
const suite: Suite = { sm3, verifySm2 };
const connectionsMax = connectionsOfLoops + 8;
const callMs = 15_000;
/** Above the longest wait of the node's long polls. */
const longPollMs = 20_000;

function createClients(config: LinkConfig, keys: KeyStore) {
  const common = { callerName: service, key: keys.jwtKey('service'), clock };
  const node = (name: string, baseUrl: string) =>
    createServiceClient({
      ...common,
      contract: chainNodeContract,
      baseUrl,
      callee: name,
      timeoutMs: longPollMs,
    });
  return {
    registry: createServiceClient({
      ...common,
      contract: registryContract,
      baseUrl: config.REGISTRY_URL,
      callee: 'registry',
      timeoutMs: callMs,
    }),
    settlement: createServiceClient({
      ...common,
      contract: settlementContract,
      baseUrl: config.SETTLEMENT_URL,
      callee: 'settlement',
      timeoutMs: callMs,
    }),
    supervisory: createServiceClient({
      ...common,
      contract: supervisoryChainContract,
      baseUrl: config.SUPERVISORY_URL,
      callee: 'supervisory-chain',
      timeoutMs: callMs,
    }),
    sequencer: node('chain-sequencer', config.SEQUENCER_URL),
    follower: node('chain-follower', config.FOLLOWER_URL),
  };
}

type Clients = ReturnType<typeof createClients>;

function openEngine(clients: Clients, genesis: Genesis) {
  const { sequencer, follower } = clients;
  return createEmbeddedEngine({ sequencer, follower, suite, witnesses: genesis.witnesses });
}

async function start() {
  const config = readLinkConfig();
  const genesis = readGenesis(config, suite);
  const supervisory = readSupervisoryTrust(config, suite);
  const log = createLogger({ service, level: config.LOG_LEVEL });
  const passphrase = new TextEncoder().encode(config.KEY_PASSPHRASE_FILE);
  const keys = await openKeyFile(config.KEY_FILE, passphrase);
  const store = await openStore<unknown>({
    ...{ service, connectionsMax, log },
    connectionString: config.DATABASE_URL_FILE,
    durability: durabilityIn(config.NODE_ENV),
  });
  const { pool, db } = store;
  const clients = createClients(config, keys);
  const { bus, close: closeBus } = openBus(service, config, log);
  const recordKek = keys.secret('record-kek');

  const link = startLink({
    ...{ pool, bus, suite, genesis, supervisory, recordKek, clock, log, timing: defaultTiming },
    engine: openEngine(clients, genesis),
    sources: {
      registry: registryPacks(clients.registry),
      settlement: settlementPacks(clients.settlement),
    },
    results: resultsOf(clients.supervisory),
    codes: registryInvestorCodes(clients.registry),
    seal: keys.signer('seal'),
    gateway: keys.signer('gateway'),
    crashPoint: createCrashPoints(config.QUANJI_CRASH_FILE),
  });
  const stopping = new AbortController();
  const housekeeping = runHousekeeping({ db, clock, log, service, signal: stopping.signal });

  const common = {
    ...{ db, recordKek, clock, log, validateResponses: config.NODE_ENV === 'test' },
    authenticator: openAuthenticator(db, {
      serviceName: service,
      serviceKeysDirectory: config.SERVICE_KEYS_DIR,
      tokens: { issuer: config.TOKEN_ISSUER, jwksUrl: config.TOKEN_JWKS_URL },
    }),
    ready: { database: store.answers },
  };
  const api = createLinkApp({
    ...common,
    chainId: genesis.chainId,
    cursors: createCursorCodec(hmacSm3(recordKek, new TextEncoder().encode('QJ-LINK-CURSOR-1'))),
    faults: () => link.loops().flatMap(({ name, fault }) => (fault === undefined ? [] : [name])),
  });
  const server = await listen({ app: api, host: config.HOST, port: config.PORT });
  const queries = await listen({
    app: createQueryApp(common),
    host: config.HOST,
    port: config.QUERY_PORT,
    tls: queryTls(config),
  });
  log.info('listening', { port: server.port });
  log.info('listening for queries of the regulator', { port: queries.port });

  return async () => {
    stopping.abort();
    await Promise.all([server.close(), queries.close()]);
    await Promise.all([link.stop(), housekeeping]);
    await closeBus();
    await store.close();
  };
}

/** Without a certificate of the pinned authority there is no connection at all. */
function queryTls(config: LinkConfig) {
  return {
    cert: readTlsFile('TLS_CERT_FILE', config.TLS_CERT_FILE),
    key: readTlsFile('TLS_KEY_FILE', config.TLS_KEY_FILE),
    ca: readTlsFile('TLS_CLIENT_CA_FILE', config.TLS_CLIENT_CA_FILE),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
  };
}

await runService(service, start);
