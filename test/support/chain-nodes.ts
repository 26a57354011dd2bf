// A sequencer and a follower in this process, on two databases, each a service with its own key.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { createServiceClient, type ServiceClient } from '#libs/http/service-client.ts';
import { createEmbeddedEngine } from '#libs/ledger-engine/embedded-engine.ts';
import { createLogger } from '#libs/log/log.ts';
import { systemClock } from '#libs/time/clock.ts';
import { type NodeRole, type RunningNode, startNode } from '../../services/chain-node/node.ts';
import { type ChainKeys, makeChainKeys } from './chain-keys.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';

const callers = [
  'regulator-link',
  'supervisory-chain',
  'chain-sequencer',
  'chain-follower',
] as const;
const schemaRole: Readonly<Record<NodeRole, string>> = {
  sequencer: 'chain_sequencer',
  follower: 'chain_follower',
};

interface Placed {
  readonly directory: string;
  readonly serviceKeys: ReadonlyMap<string, KeyObject>;
  readonly databases: Readonly<Record<NodeRole, ServiceDatabase>>;
}

function writeServiceKeys(directory: string): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const caller of callers) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
    writeFileSync(join(directory, `${caller}.pem`), pem);
    keys.set(caller, privateKey);
  }
  return keys;
}

/** Both nodes running. */
export async function startChainNodes(): Promise<ChainNodes> {
  const directory = mkdtempSync(join(tmpdir(), 'quanji-chain-'));
  const serviceKeys = writeServiceKeys(directory);
  const databases = {
    sequencer: await createServiceDatabase('chain-sequencer'),
    follower: await createServiceDatabase('chain-follower'),
  };
  const nodes = new ChainNodes({ directory, serviceKeys, databases });
  await nodes.start('sequencer');
  await nodes.start('follower');
  return nodes;
}

export class ChainNodes {
  readonly keys: ChainKeys = makeChainKeys();
  readonly databases: Readonly<Record<NodeRole, ServiceDatabase>>;
  readonly #placed: Placed;
  readonly #running = new Map<NodeRole, RunningNode>();
  readonly #urls = new Map<NodeRole, string>();
  #engine: LedgerEngine | undefined;

  constructor(placed: Placed) {
    this.#placed = placed;
    this.databases = placed.databases;
  }

  /** The link's. */
  get engine(): LedgerEngine {
    this.#engine ??= createEmbeddedEngine({
      sequencer: this.client('sequencer'),
      follower: this.client('follower'),
      suite: smSuite,
      witnesses: this.keys.genesis.witnesses,
    });
    return this.#engine;
  }

  /** The node's URL; the port stays the same over restarts. */
  url(role: NodeRole): string {
    const url = this.#urls.get(role);
    if (url === undefined) throw new Error(`the ${role} was never started`);
    return url;
  }

  client(role: NodeRole, caller = 'regulator-link'): ServiceClient<operations> {
    return createServiceClient({
      contract: chainNodeContract,
      baseUrl: this.url(role),
      callee: `chain-${role}`,
      callerName: caller,
      key: this.serviceKey(caller),
      clock: systemClock,
      timeoutMs: 20_000,
    });
  }

  async start(role: NodeRole): Promise<void> {
    const { directory } = this.#placed;
    const url = this.#urls.get(role);
    const node = await startNode({
      role,
      nodeId: `chain-${role}`,
      nodeVersion: 'test',
      genesis: this.keys.genesis,
      databaseUrl: this.databases[role].roleUrl(schemaRole[role]),
      settings: { durability: 'waived' },
      signer: role === 'sequencer' ? this.keys.operator : this.keys.witness,
      signerMemoryFile: join(directory, `${role}.signer`),
      serviceKey: this.serviceKey(`chain-${role}`),
      serviceKeysDirectory: directory,
      sequencerUrl: role === 'follower' ? this.url('sequencer') : undefined,
      host: '127.0.0.1',
      port: url === undefined ? 0 : Number.parseInt(new URL(url).port, 10),
      clock: systemClock,
      crashPoint: () => undefined,
      log: createLogger({ service: `chain-${role}`, level: 'silent' }),
      validateResponses: true,
    });
    this.#running.set(role, node);
    this.#urls.set(role, node.url);
  }

  async stop(role: NodeRole): Promise<void> {
    await this.#running.get(role)?.close();
    this.#running.delete(role);
  }

  async close(): Promise<void> {
    await this.stop('follower');
    await this.stop('sequencer');
    await Promise.all(Object.values(this.databases).map((database) => database.drop()));
    rmSync(this.#placed.directory, { recursive: true });
  }

  /** With which a service signs its calls. */
  serviceKey(caller: string): KeyObject {
    const key = this.#placed.serviceKeys.get(caller);
    if (key === undefined) throw new Error(`no key of ${caller}`);
    return key;
  }
}
