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

type Role = 'sequencer' | 'follower';
type Owner = Role | 'link';

const passphrase = 'quanji-test-passphrase';
const repository = new URL('../..', import.meta.url).pathname;
const callerOf: Readonly<Record<Owner, string>> = {
  sequencer: 'chain-sequencer',
  follower: 'chain-follower',
  link: 'regulator-link',
};

interface Placed {
  readonly directory: string;
  readonly keys: Readonly<Record<Owner, KeyStore>>;
  readonly genesis: Genesis;
  readonly databases: Readonly<Record<Role, ServiceDatabase>>;
  readonly ports: Readonly<Record<ProcessName, number>>;
}

async function createKeys(directory: string): Promise<Placed['keys']> {
  const bytes = new TextEncoder().encode(passphrase);
  const fileOf = (owner: Owner): string => join(directory, `${owner}.key`);
  const service = { service: 'jwt-es256' } as const;
  const keys = {
    sequencer: await createKeyFile(fileOf('sequencer'), bytes, {
      ...service,
      block: 'sm2-signing',
    }),
    follower: await createKeyFile(fileOf('follower'), bytes, {
      ...service,
      witness: 'sm2-signing',
    }),
    link: await createKeyFile(fileOf('link'), bytes, service),
  };
  mkdirSync(join(directory, 'services'));
  for (const owner of ['sequencer', 'follower', 'link'] as const) {
    const key = createPublicKey(keys[owner].jwtKey('service'));
    const pem = key.export({ type: 'spki', format: 'pem' });
    writeFileSync(join(directory, 'services', `${callerOf[owner]}.pem`), pem);
  }
  return keys;
}

/** Keys, genesis and stores in place; no process started yet. */
export async function createChainProcesses(): Promise<ChainProcesses> {
  const directory = mkdtempSync(join(tmpdir(), 'quanji-chain-'));
  const at = (name: string): string => join(directory, name);
  writeFileSync(at('passphrase'), passphrase);
  const keys = await createKeys(directory);
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
  const genesis = writeGenesis(at('genesis.json'), keys);
  return new ChainProcesses({ directory, keys, genesis, databases, ports });
}

export class ChainProcesses {
  readonly genesis: Genesis;
  readonly databases: Readonly<Record<Role, ServiceDatabase>>;
  readonly #placed: Placed;
  readonly #children = new Map<ProcessName, ChildProcess>();
  readonly #logs = new Map<ProcessName, string>();

  constructor(placed: Placed) {
    this.#placed = placed;
    this.genesis = placed.genesis;
    this.databases = placed.databases;
  }

  /** Of the link, talking to the named sequencer. */
  engine(sequencer: 'sequencer' | 'second' = 'sequencer'): LedgerEngine {
    const client = (name: ProcessName, callee: string) =>
      createServiceClient({
        contract: chainNodeContract,
        baseUrl: this.#url(name),
        callee,
        callerName: 'regulator-link',
        key: this.#placed.keys.link.jwtKey('service'),
        clock: systemClock,
        timeoutMs: 15_000,
      });
    return createEmbeddedEngine({
      sequencer: client(sequencer, 'chain-sequencer'),
      follower: client('follower', 'chain-follower'),
      suite: smSuite,
      witnesses: this.genesis.witnesses,
    });
  }

  start(name: ProcessName): void {
    const child = spawn(process.execPath, ['--import', 'tsx', 'services/chain-node/main.ts'], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment(name),
    });
    const keep = (chunk: Buffer): void => {
      this.#logs.set(name, (this.#logs.get(name) ?? '') + chunk.toString());
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#children.set(name, child);
  }

  /** Waits until the process answers that it is ready. */
  async ready(name: ProcessName): Promise<void> {
    for (let attempt = 0; attempt < 1200; attempt += 1) {
      const response = await fetch(`${this.#url(name)}/readyz`).catch(() => undefined);
      if (response?.ok === true) return;
      await delay(50);
    }
    throw new Error(`${name} is not ready: ${this.#logs.get(name) ?? ''}`);
  }

  signal(name: ProcessName, signal: NodeJS.Signals): void {
    this.#child(name).kill(signal);
  }

  /** Resolves when the process has ended, with the signal that ended it. */
  async ended(name: ProcessName): Promise<NodeJS.Signals | null> {
    const child = this.#child(name);
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    return child.signalCode;
  }

  /** The next process to pass the crash point dies there; undefined disarms. */
  arm(point: string | undefined): void {
    const file = join(this.#placed.directory, 'armed');
    if (point === undefined) rmSync(file, { force: true });
    else writeFileSync(file, point);
  }

  async close(): Promise<void> {
    for (const [name, child] of this.#children) {
      child.kill('SIGKILL');
      await this.ended(name);
    }
    await Promise.all(Object.values(this.databases).map((database) => database.drop()));
    rmSync(this.#placed.directory, { recursive: true, force: true });
  }

  #environment(name: ProcessName): Record<string, string> {
    const role = name === 'follower' ? 'follower' : 'sequencer';
    const at = (file: string): string => join(this.#placed.directory, file);
    return {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: String(this.#placed.ports[name]),
      DATABASE_URL_FILE: at(`${role}.url`),
      KEY_FILE: at(`${role}.key`),
      KEY_PASSPHRASE_FILE: at('passphrase'),
      SERVICE_KEYS_DIR: at('services'),
      NODE_ENV: 'test',
      NODE_ROLE: role,
      NODE_ID: `chain-${name}`,
      CHAIN_ID: this.genesis.chainId,
      GENESIS_FILE: at('genesis.json'),
      SIGNER_MEMORY_FILE: at(`${role}.signer`),
      QUANJI_CRASH_FILE: at('armed'),
      ...(role === 'follower' ? { SEQUENCER_URL: this.#url('sequencer') } : {}),
    };
  }

  #url(name: ProcessName): string {
    return `http://127.0.0.1:${this.#placed.ports[name]}`;
  }

  #child(name: ProcessName): ChildProcess {
    const child = this.#children.get(name);
    if (child === undefined) throw new Error(`${name} was never started`);
    return child;
  }
}

function writeGenesis(file: string, keys: Readonly<Record<Role, KeyStore>>): Genesis {
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
