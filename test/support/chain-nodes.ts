// A sequencer and a follower in this process, on two databases, as two services with their own keys.
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

export interface ChainNodes {
  readonly keys: ChainKeys;
  readonly directory: string;
  readonly databases: Readonly<Record<NodeRole, ServiceDatabase>>;
  readonly engine: LedgerEngine;
  /** The node's URL; the port stays the same over restarts. */
  url(role: NodeRole): string;
  client(role: NodeRole, caller?: string): ServiceClient<operations>;
  start(role: NodeRole): Promise<void>;
  stop(role: NodeRole): Promise<void>;
  close(): Promise<void>;
}

const callers = ['regulator-link', 'chain-sequencer', 'chain-follower'] as const;
const schemaRole: Readonly<Record<NodeRole, string>> = {
  sequencer: 'chain_sequencer',
  follower: 'chain_follower',
};

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
  const keyOf = (caller: string): KeyObject => {
    const key = serviceKeys.get(caller);
    if (key === undefined) throw new Error(`no key of ${caller}`);
    return key;
  };
  const keys = makeChainKeys();
  const databases = {
    sequencer: await createServiceDatabase('chain-sequencer'),
    follower: await createServiceDatabase('chain-follower'),
  };
  const running = new Map<NodeRole, RunningNode>();
  const urls = new Map<NodeRole, string>();

  const start = async (role: NodeRole): Promise<void> => {
    const url = urls.get(role);
    const node = await startNode({
      role,
      nodeId: `chain-${role}`,
      nodeVersion: 'test',
      genesis: keys.genesis,
      databaseUrl: databases[role].roleUrl(schemaRole[role]),
      settings: { durability: 'waived' },
      signer: role === 'sequencer' ? keys.operator : keys.witness,
      signerMemoryFile: join(directory, `${role}.signer`),
      serviceKey: keyOf(`chain-${role}`),
      serviceKeysDirectory: directory,
      sequencerUrl: role === 'follower' ? urls.get('sequencer') : undefined,
      host: '127.0.0.1',
      port: url === undefined ? 0 : Number.parseInt(new URL(url).port, 10),
      clock: systemClock,
      crashPoint: () => undefined,
      log: createLogger({ service: `chain-${role}`, level: 'silent' }),
      validateResponses: true,
    });
    running.set(role, node);
    urls.set(role, node.url);
  };

  const stop = async (role: NodeRole): Promise<void> => {
    await running.get(role)?.close();
    running.delete(role);
  };

  const url = (role: NodeRole): string => urls.get(role) ?? 'http://127.0.0.1:9';
  const client = (role: NodeRole, caller = 'regulator-link'): ServiceClient<operations> =>
    createServiceClient({
      contract: chainNodeContract,
      baseUrl: url(role),
      callee: `chain-${role}`,
      callerName: caller,
      key: keyOf(caller),
      clock: systemClock,
      timeoutMs: 20_000,
    });

  await start('sequencer');
  await start('follower');
  const engine = createEmbeddedEngine({
    sequencer: client('sequencer'),
    follower: client('follower'),
    suite: smSuite,
    witnesses: keys.genesis.witnesses,
  });
  return {
    keys,
    directory,
    databases,
    engine,
    url,
    client,
    start,
    stop,
    close: async () => {
      await stop('follower');
      await stop('sequencer');
      await Promise.all([databases.sequencer.drop(), databases.follower.drop()]);
      rmSync(directory, { recursive: true });
    },
  };
}
