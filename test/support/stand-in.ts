// The real supervisory side beside a running link: fed by the lanes alone, or by pull alone.
import { supervisoryChainContract } from '#libs/contracts/generated/supervisory-chain-contract.ts';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { createDevelopmentCa } from '#libs/dev-ca/dev-ca.ts';
import { newDataKey } from '#libs/envelope/record.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import { createServiceClient } from '#libs/http/service-client.ts';
import { downTopics } from '#libs/lane-messages/topics.ts';
import { makeValidatorSet } from '#libs/proof/validator-set.ts';
import { expectOk } from '#libs/result/result.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createQueryApp } from '../../services/regulator-link/app.ts';
import { resultsOf } from '../../services/regulator-link/clients/result-source.ts';
import type { ResultSource } from '../../services/regulator-link/ports.ts';
import { createSupervisoryApp } from '../../services/supervisory-chain/app.ts';
import { openChainNodes } from '../../services/supervisory-chain/clients/chain-nodes.ts';
import { openQueryClient } from '../../services/supervisory-chain/clients/query-client.ts';
import { startLaneConsumers } from '../../services/supervisory-chain/loops/lane-consumers.ts';
import { startLeaderWork } from '../../services/supervisory-chain/loops/leader-work.ts';
import type { SupervisoryParts } from '../../services/supervisory-chain/parts.ts';
import { marketView } from '../../services/supervisory-chain/use-cases/market-view.ts';
import { OpenedMessages } from '../../services/supervisory-chain/use-cases/open-message.ts';
import { openMarketView } from '../../services/supervisory-chain/use-cases/open-market-view.ts';
import { pullMarket } from '../../services/supervisory-chain/use-cases/pull-market.ts';
import { createTestCallers } from './callers.ts';
import { ensureTopics, type LinkRig } from './link-rig.ts';
import { createServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';
import { testLog } from './test-log.ts';

export interface StandIn {
  view(): ReturnType<typeof marketView>;
  close(): Promise<void>;
}

/** With the keys that the rig's link trusts. */
function partsFor(rig: LinkRig): SupervisoryParts {
  const { keys } = rig.receiver;
  const { seal, gateway, genesis } = rig.parts;
  const { keyId, publicKey } = keys.validator;
  return {
    chainId: keys.chainId,
    market: genesis,
    marketGatewayKeys: [{ keyId: gateway.keyId, publicKey: gateway.publicKey }],
    sealKeys: [{ keyId: seal.keyId, publicKey: seal.publicKey }],
    validator: keys.validator,
    validators: expectOk(makeValidatorSet(smSuite, [{ keyId, publicKey, weight: 1n }]), 'one'),
    gateway: keys.gateway,
    decryptor: keys.decryption,
    storeKey: newDataKey(),
    suite: smSuite,
    clock: systemClock,
    log: testLog,
    crashPoint: () => undefined,
  };
}

async function openStore(parts: SupervisoryParts) {
  const database = await createServiceDatabase('supervisory-chain');
  const pool = createPool({
    connectionString: database.roleUrl('supervisory'),
    schema: 'supervisory',
    applicationName: 'stand-in',
    connectionsMax: 20,
  });
  const db: Database<unknown> = createDatabase<unknown>(pool);
  await openMarketView(parts, db);
  const close = async (): Promise<void> => {
    await db.destroy();
    await database.drop();
  };
  return { pool, db, close };
}

/** Takes what the lanes bring, and answers on them. */
export async function startOnLanes(rig: LinkRig): Promise<StandIn> {
  const parts = partsFor(rig);
  const store = await openStore(parts);
  const bus = rig.supervisoryBus;
  await ensureTopics(bus, Object.values(downTopics(parts.market.chainId)));
  const feed = { parts, pool: store.pool, bus, messages: new OpenedMessages(parts) };
  const consumers = startLaneConsumers(feed);
  const work = startLeaderWork(feed);
  return {
    view: () => marketView(parts, store.db),
    close: async () => {
      await Promise.all([...consumers.map((consumer) => consumer.stop()), work.stop()]);
      await store.close();
    },
  };
}

/** A bus that nobody reads: what a stand-in by pull answers must not reach the link twice. */
async function openDeafBus(chainId: string): Promise<{ bus: EventBus; close(): Promise<void> }> {
  const database = await createServiceDatabase('bus');
  const pool = createPool({
    connectionString: database.roleUrl('bus_supervisory'),
    schema: 'bus',
    applicationName: 'stand-in',
  });
  const bus = createPostgresBus({ pool, log: testLog });
  await bus.ensureTopics(Object.values(downTopics(chainId)));
  const close = async (): Promise<void> => {
    await bus.close();
    await pool.end();
    await database.drop();
  };
  return { bus, close };
}

/** The link's query interface over TLS, and a client with the certificate that it wants. */
async function openQueries(rig: LinkRig) {
  const callers = await createTestCallers('regulator-link');
  const ca = await createDevelopmentCa('Test CA', systemClock.now());
  const server = await ca.issueServer({
    commonName: 'regulator-link',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const listening = await listen({
    app: createQueryApp({
      db: createDatabase<unknown>(rig.parts.pool),
      recordKek: rig.parts.recordKek,
      authenticator: callers.authenticator,
      clock: systemClock,
      log: testLog,
      ready: {},
      validateResponses: true,
    }),
    host: '127.0.0.1',
    port: 0,
    tls: {
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
    },
  });
  const own = await ca.issueClient('supervisory-chain');
  const client = openQueryClient({
    baseUrl: `https://127.0.0.1:${listening.port}`,
    ca: ca.certificatePem,
    certificate: own.certificatePem,
    privateKey: own.privateKeyPem,
  });
  return { client, listening };
}

/** The calls that the market may make. */
async function openAnswers(parts: SupervisoryParts, db: Database<unknown>) {
  const callers = await createTestCallers('supervisory-chain');
  const app = createSupervisoryApp({
    parts,
    db,
    cursors: createCursorCodec(parts.storeKey),
    authenticator: callers.authenticator,
    log: testLog,
    ready: {},
    validateResponses: true,
  });
  const listening = await listen({ app, host: '127.0.0.1', port: 0 });
  const client = createServiceClient({
    contract: supervisoryChainContract,
    baseUrl: listening.url,
    callee: 'supervisory-chain',
    callerName: 'regulator-link',
    key: callers.privateKeyOf('regulator-link'),
    clock: systemClock,
    timeoutMs: 10_000,
  });
  return { results: resultsOf(client), close: () => listening.close() };
}

export interface PullingStandIn extends StandIn {
  /** Its RESULTs, asked for over HTTP. */
  readonly results: ResultSource;
}

/** Asks both of the market's nodes, and the link for the snapshots. */
export async function startByPull(rig: LinkRig): Promise<PullingStandIn> {
  const parts = partsFor(rig);
  const store = await openStore(parts);
  const { bus, close: closeBus } = await openDeafBus(parts.market.chainId);
  const { client, listening } = await openQueries(rig);
  const urls = [rig.chain.url('sequencer'), rig.chain.url('follower')];
  const nodes = openChainNodes(urls, rig.chain.serviceKey('supervisory-chain'), systemClock);
  const work = startLeaderWork({
    parts,
    pool: store.pool,
    bus,
    messages: new OpenedMessages(parts),
    pull: (db) => pullMarket({ parts, nodes, query: client, lagMs: 0 }, db),
  });
  const answers = await openAnswers(parts, store.db);
  return {
    view: () => marketView(parts, store.db),
    results: answers.results,
    close: async () => {
      await Promise.all([work.stop(), answers.close()]);
      client.close();
      await listening.close();
      await closeBus();
      await store.close();
    },
  };
}
