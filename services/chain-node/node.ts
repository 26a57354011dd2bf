/** Assembles one running chain node from what its environment gives. */
import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { rememberNonce } from '#libs/db/housekeeping.ts';
import type { SettingsPolicy } from '#libs/db/settings.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { listen } from '#libs/http/listen.ts';
import { createServiceClient } from '#libs/http/service-client.ts';
import { serviceKeysIn } from '#libs/http/service-keys.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import { openStore } from '#libs/service/open-store.ts';
import { type Signer, verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import { createChainNodeApp } from './app.ts';
import { forgetNonces } from './repositories/housekeeping-repository.ts';
import { createSignerMemory } from './repositories/signer-memory.ts';
import { type ChainTables, openWriterSession } from './repositories/writer-session.ts';
import { createSequencerPort } from './sequencer-client.ts';
import { Finality } from './use-cases/finality.ts';
import type { NodeContext } from './use-cases/node-context.ts';
import { Follower } from './use-cases/run-follower.ts';
import { Sequencer, type WriterOptions } from './use-cases/run-sequencer.ts';

export type NodeRole = 'sequencer' | 'follower';

export interface NodeOptions {
  readonly role: NodeRole;
  readonly nodeId: string;
  readonly nodeVersion: string;
  readonly genesis: Genesis;
  readonly databaseUrl: string;
  readonly settings: SettingsPolicy;
  readonly signer: Signer;
  readonly signerMemoryFile: string;
  readonly serviceKey: KeyObject;
  readonly serviceKeysDirectory: string;
  /** Where a follower finds the sequencer. */
  readonly sequencerUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly crashPoint: (name: string) => void;
  readonly log: Logger;
  readonly validateResponses: boolean;
}

export interface RunningNode {
  readonly url: string;
  /** Ends calls under way, then the writer, then the connections. */
  close(): Promise<void>;
}

const WRITER_LOCK = 'quanji-chain-writer';
const CONNECTIONS_MAX = 10;
const NONCE_SWEEP_MS = 30_000;
const CALL_TIMEOUT_MS = 20_000;
/** Long polls are cut, their callers ask again. */
const CLOSE_GRACE_MS = 2_000;

export const serviceNameOf = (role: NodeRole): string => `chain-${role}`;

/** Errors: throws when the store, its settings or the port are not as they must be. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { clock, genesis, log } = options;
  const service = serviceNameOf(options.role);
  const store = await openStore<ChainTables>({
    service,
    connectionString: options.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    ...options.settings,
    log,
  });
  const { pool, db } = store;
  const context: NodeContext = {
    db,
    suite: { sm3, verifySm2 },
    genesis,
    clock,
    crashPoint: options.crashPoint,
  };
  const writer: WriterOptions = {
    context,
    finality: new Finality(context),
    by: {
      signer: options.signer,
      memory: createSignerMemory(options.signerMemoryFile),
      role: options.role === 'sequencer' ? 'operator' : 'witness',
    },
    openSession: () => openWriterSession(pool, WRITER_LOCK),
    log,
  };
  const { run, ready, sequencer } = createRole(options, writer);
  const app = createChainNodeApp({
    node: options,
    reader: writer,
    ...(sequencer === undefined ? {} : { sequencer }),
    authenticator: createAuthenticator({
      serviceName: service,
      services: {
        publicKeyOf: serviceKeysIn(options.serviceKeysDirectory),
        useNonce: (nonce) => rememberNonce(db, nonce),
      },
    }),
    log,
    ready: { database: store.answers, [options.role]: ready },
    validateResponses: options.validateResponses,
  });
  const stop = new AbortController();
  const work = [run(stop.signal), sweepNonces(context, log, stop.signal)];
  const { host, port } = options;
  const listening = await listen({ app, host, port, graceMs: CLOSE_GRACE_MS });
  return {
    url: listening.url,
    async close() {
      await listening.close();
      stop.abort();
      await Promise.all(work);
      await store.close();
    },
  };
}

interface Role {
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly ready: () => Promise<void>;
  readonly sequencer?: Sequencer;
}

function createRole(options: NodeOptions, writer: WriterOptions): Role {
  if (options.sequencerUrl === undefined) {
    const sequencer = new Sequencer(writer);
    const ready = async (): Promise<void> => {
      if (sequencer.session === undefined) throw new Error('not the writer');
    };
    return { run: (signal) => sequencer.run(signal), ready, sequencer };
  }
  const client = createServiceClient({
    contract: chainNodeContract,
    baseUrl: options.sequencerUrl,
    callee: serviceNameOf('sequencer'),
    callerName: serviceNameOf('follower'),
    key: options.serviceKey,
    clock: options.clock,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const port = createSequencerPort(client, options.genesis.chainId);
  const follower = new Follower(writer, port);
  const ready = async (): Promise<void> => {
    if (follower.refused !== undefined) throw new Error(follower.refused);
  };
  return { run: (signal) => follower.run(signal), ready };
}

async function sweepNonces(
  { clock, db }: NodeContext,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(NONCE_SWEEP_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await forgetNonces(db, clock.now()).catch((error: unknown) => {
      log.warn('expired nonces were not forgotten', { error });
    });
  }
}
