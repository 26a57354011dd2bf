// Chain nodes as processes of their own, to be stopped, killed and started again from outside.
import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { createServiceClient } from '#libs/http/service-client.ts';
import { createKeyFile, type KeyStore } from '#libs/key-store/key-store.ts';
import { createEmbeddedEngine } from '#libs/ledger-engine/embedded-engine.ts';
import { type Genesis, parseGenesis } from '#libs/proof/genesis.ts';
import { toHex } from '#libs/sm/hex.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';

/** A sequencer, a second one beside it on the same store, and a follower. */
export type ProcessName = 'sequencer' | 'second' | 'follower';

export interface ChainProcesses {
  readonly genesis: Genesis;
  readonly databases: Readonly<Record<'sequencer' | 'follower', ServiceDatabase>>;
  /** Of the link, talking to the named sequencer. */
  engine(sequencer?: 'sequencer' | 'second'): LedgerEngine;
  start(name: ProcessName): Promise<void>;
  /** Waits until the process answers that it is ready. */
  ready(name: ProcessName): Promise<void>;
  signal(name: ProcessName, signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  ended(name: ProcessName): Promise<NodeJS.Signals | null>;
  /** The next process to pass the crash point dies there; undefined disarms. */
  arm(point: string | undefined): void;
  log(name: ProcessName): string;
  close(): Promise<void>;
}

const passphrase = 'quanji-test-passphrase';
const repository = new URL('../..', import.meta.url).pathname;

export async function createChainProcesses(): Promise<ChainProcesses> {
  const directory = mkdtempSync(join(tmpdir(), 'quanji-chain-'));
  const at = (...names: readonly string[]): string => join(directory, ...names);
  mkdirSync(at('services'));
  writeFileSync(at('passphrase'), passphrase);
  const bytes = new TextEncoder().encode(passphrase);
  const keys = {
    sequencer: await createKeyFile(at('sequencer.key'), bytes, {
      service: 'jwt-es256',
      block: 'sm2-signing',
    }),
    follower: await createKeyFile(at('follower.key'), bytes, {
      service: 'jwt-es256',
      witness: 'sm2-signing',
    }),
    link: await createKeyFile(at('link.key'), bytes, { service: 'jwt-es256' }),
  };
  const callers = {
    'chain-sequencer': keys.sequencer,
    'chain-follower': keys.follower,
    'regulator-link': keys.link,
  };
  for (const [name, store] of Object.entries(callers)) {
    const pem = createPublicKey(store.jwtKey('service')).export({ type: 'spki', format: 'pem' });
    writeFileSync(at('services', `${name}.pem`), pem);
  }
  const genesis = writeGenesis(at('genesis.json'), keys);
  const databases = {
    sequencer: await createServiceDatabase('chain-sequencer'),
    follower: await createServiceDatabase('chain-follower'),
  };
  writeFileSync(at('sequencer.url'), databases.sequencer.roleUrl('chain_sequencer'));
  writeFileSync(at('follower.url'), databases.follower.roleUrl('chain_follower'));
  const ports = {
    sequencer: await freePort(),
    second: await freePort(),
    follower: await freePort(),
  };
  const urlOf = (name: ProcessName): string => `http://127.0.0.1:${ports[name]}`;
  const children = new Map<ProcessName, ChildProcess>();
  const logs = new Map<ProcessName, string>();

  const start = async (name: ProcessName): Promise<void> => {
    const role = name === 'follower' ? 'follower' : 'sequencer';
    const child = spawn(process.execPath, ['--import', 'tsx', 'services/chain-node/main.ts'], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOST: '127.0.0.1',
        PORT: String(ports[name]),
        DATABASE_URL_FILE: at(`${role}.url`),
        KEY_FILE: at(`${role}.key`),
        KEY_PASSPHRASE_FILE: at('passphrase'),
        SERVICE_KEYS_DIR: at('services'),
        NODE_ENV: 'test',
        NODE_ROLE: role,
        NODE_ID: `chain-${name}`,
        CHAIN_ID: genesis.chainId,
        GENESIS_FILE: at('genesis.json'),
        SIGNER_MEMORY_FILE: at(`${role}.signer`),
        QUANJI_CRASH_FILE: at('armed'),
        ...(role === 'follower' ? { SEQUENCER_URL: urlOf('sequencer') } : {}),
      },
    });
    const keep = (chunk: Buffer): void => {
      logs.set(name, (logs.get(name) ?? '') + chunk.toString());
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    children.set(name, child);
  };

  const childOf = (name: ProcessName): ChildProcess => {
    const child = children.get(name);
    if (child === undefined) throw new Error(`${name} was never started`);
    return child;
  };

  const ended = async (name: ProcessName): Promise<NodeJS.Signals | null> => {
    const child = childOf(name);
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    return child.signalCode;
  };

  return {
    genesis,
    databases,
    start,
    ended,
    signal: (name, signal) => childOf(name).kill(signal),
    log: (name) => logs.get(name) ?? '',
    arm: (point) => {
      if (point === undefined) rmSync(at('armed'), { force: true });
      else writeFileSync(at('armed'), point);
    },
    ready: async (name) => {
      for (let attempt = 0; attempt < 600; attempt += 1) {
        const response = await fetch(`${urlOf(name)}/readyz`).catch(() => undefined);
        if (response?.ok === true) return;
        await delay(50);
      }
      throw new Error(`${name} is not ready: ${logs.get(name) ?? ''}`);
    },
    engine: (sequencer = 'sequencer') => {
      const client = (name: ProcessName, callee: string) =>
        createServiceClient({
          contract: chainNodeContract,
          baseUrl: urlOf(name),
          callee,
          callerName: 'regulator-link',
          key: keys.link.jwtKey('service'),
          clock: systemClock,
          timeoutMs: 15_000,
        });
      return createEmbeddedEngine({
        sequencer: client(sequencer, 'chain-sequencer'),
        follower: client('follower', 'chain-follower'),
        suite: smSuite,
        witnesses: genesis.witnesses,
      });
    },
    close: async () => {
      for (const [name, child] of children) {
        child.kill('SIGKILL');
        await ended(name);
      }
      await Promise.all([databases.sequencer.drop(), databases.follower.drop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeGenesis(
  file: string,
  keys: Readonly<Record<'sequencer' | 'follower', KeyStore>>,
): Genesis {
  const operator = keys.sequencer.signer('block');
  const witness = keys.follower.signer('witness');
  const content = {
    chainId: 'zhejiang',
    engine: 'embedded',
    genesisTime: '2026-11-24T00:00:00.000Z',
    validators: [{ keyId: operator.keyId, publicKey: toHex(operator.publicKey), weight: '1' }],
    witnesses: [{ keyId: witness.keyId, publicKey: toHex(witness.publicKey) }],
  };
  writeFileSync(file, JSON.stringify(content));
  const genesis = parseGenesis(smSuite, JSON.parse(readFileSync(file, 'utf8')));
  if (!genesis.ok) throw new Error(genesis.error);
  return genesis.value;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
