// One more supervisory stand-in beside the one of a running installation: the same program and
// keys, a database and a bus of its own, so that what it answers reaches nobody.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '#libs/db/pool.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { downTopics, upTopics } from '#libs/lane-messages/topics.ts';
import { freePort } from '#libs/process-guard/port.ts';
import { signInForToken } from '#libs/sign-in-client/sign-in-client.ts';
import { keyFileOf } from '../../../services/launcher/keys.ts';
import { layoutOf } from '../../../services/launcher/layout.ts';
import type { Runtime } from '../../../services/launcher/runtime-file.ts';
import { services } from '../../../services/launcher/services.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { testLog } from '../../support/test-log.ts';
import { readTopic } from './live-bus.ts';

export type Json = Readonly<Record<string, unknown>>;

const name = 'supervisory-chain';
const root = join(import.meta.dirname, '..', '..', '..');
const readyMs = 60_000;

export class StandIn {
  readonly feed: 'lanes' | 'pull';
  readonly #runtime: Runtime;
  readonly #folder = mkdtempSync(join(tmpdir(), 'quanji-stand-in-'));
  #databases: readonly ServiceDatabase[] = [];
  #child: ChildProcess | undefined;
  #url = '';

  constructor(runtime: Runtime, feed: 'lanes' | 'pull') {
    this.#runtime = runtime;
    this.feed = feed;
  }

  /** `lanes`: the live bus, whose up topics are copied message by message before the start. */
  async start(lanes: EventBus): Promise<void> {
    const store = await createServiceDatabase(name);
    const bus = await createServiceDatabase('bus');
    this.#databases = [store, bus];
    await this.#makeTopics(bus, this.feed === 'lanes' ? lanes : undefined);
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    const log = openSync(join(this.#folder, 'log'), 'a');
    const passphrase = openSync(layoutOf(this.#runtime.dataDirectory).passphrase, 'r');
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', join(root, 'services', name, 'main.ts')],
      {
        cwd: root,
        env: this.#environment(port, store, bus),
        stdio: ['ignore', log, log, passphrase],
      },
    );
    await this.#untilReady();
  }

  /** The market as this stand-in sees it. */
  async view(): Promise<Json> {
    const user = this.#runtime.demoUsers.find(({ username }) => username === 'regulator');
    if (user === undefined) throw new Error('there is no regulator');
    const token = await signInForToken({ ...user, issuer: this.#runtime.tokenIssuer });
    const response = await fetch(`${this.#url}/v1/market`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Json;
  }

  /** By which way each object came. */
  async ways(): Promise<Readonly<Record<string, number>>> {
    const pool = createPool({
      connectionString: this.#databases[0]?.superuserUrl ?? '',
      schema: name.replace(/-.*/, ''),
      applicationName: 'acceptance',
    });
    try {
      const found = await pool.query<{ via: string; n: number }>(
        'select via, count(*)::int as n from packet group by via',
      );
      return Object.fromEntries(found.rows.map(({ via, n }) => [via, n]));
    } finally {
      await pool.end();
    }
  }

  log(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8');
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    for (const database of this.#databases) await database.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #makeTopics(bus: ServiceDatabase, lanes: EventBus | undefined): Promise<void> {
    const { chainId } = this.#runtime;
    const sides = [
      ['bus_market', Object.values(upTopics(chainId)), lanes],
      ['bus_supervisory', Object.values(downTopics(chainId)), undefined],
    ] as const;
    for (const [role, topics, from] of sides) {
      const pool = createPool({
        connectionString: bus.roleUrl(role),
        schema: 'bus',
        applicationName: 'acceptance',
      });
      const own = createPostgresBus({ pool, log: testLog });
      await own.ensureTopics(topics);
      if (from !== undefined) {
        for (const topic of topics)
          await own.publish(topic.name, await readTopic(from, topic.name));
      }
      await own.close();
      await pool.end();
    }
  }

  #environment(port: number, store: ServiceDatabase, bus: ServiceDatabase): NodeJS.ProcessEnv {
    const runtime = this.#runtime;
    const layout = layoutOf(runtime.dataDirectory);
    const spec = services.find((service) => service.name === name);
    if (spec === undefined) throw new Error(`the launcher knows no ${name}`);
    const file = (role: string, url: string): string => {
      const path = join(this.#folder, `${role}.url`);
      writeFileSync(path, url, { mode: 0o600 });
      return path;
    };
    return {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // The test server waives durability.
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: port.toString(),
      DATABASE_URL_FILE: file('store', store.roleUrl(spec.role)),
      KEY_FILE: keyFileOf(layout, name),
      KEY_PASSPHRASE_FILE: '/dev/fd/3',
      SERVICE_KEYS_DIR: layout.serviceTrust,
      ...spec.environment({
        layout,
        publicUrl: runtime.publicUrl,
        queryPort: Number.parseInt(new URL(runtime.queryUrl).port, 10),
        urls: Object.fromEntries(
          Object.entries(runtime.services).map(([service, { url }]) => [service, url]),
        ),
        bus: { kind: 'postgres', urlFileOf: (role) => file(role, bus.roleUrl(role)) },
      }),
      FEED: this.feed,
    };
  }

  async #untilReady(): Promise<void> {
    const deadline = performance.now() + readyMs;
    while (performance.now() < deadline && this.#child?.exitCode === null) {
      const answer = await fetch(`${this.#url}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(100);
    }
    throw new Error(`the stand-in fed by ${this.feed} does not start:\n${this.log()}`);
  }
}
