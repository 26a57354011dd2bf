// A whole installation for one test: started as `npm start` starts it, on a throw-away directory.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../../services/demo/api.ts';
import type { Runtime } from '../../services/launcher/runtime-file.ts';
import { withDatabase } from './postgres.ts';

const root = join(import.meta.dirname, '..', '..');
const bootstrap = join(root, 'services', 'launcher', 'bootstrap.mjs');
const startTimeoutMs = 240_000;

export interface InstallationOptions {
  /** Words after `npm start --`, besides the directory and the port. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Installation {
  readonly data: string;
  /** Milliseconds until it is ready. */
  start(): Promise<number>;
  /** Ctrl-C; its exit code. */
  stop(): Promise<number | null>;
  /** As it is written now: a service that was started again has another pid. */
  runtime(): Runtime;
  /** A new caller of the public APIs through the portal. */
  api(): Api;
  /** URL of a database as the superuser. */
  superuser(database: string): string;
  /** All that the launcher printed. */
  output(): string;
  /** Ends what runs and removes the directory. */
  close(): Promise<void>;
}

export interface Told {
  readonly status: number | null;
  readonly output: string;
}

/** One of the package's scripts, as `npm run NAME -- WORDS` would run it. */
export async function runScript(
  name: string,
  words: readonly string[],
  timeoutMs = 600_000,
): Promise<Told> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const [tool = '', ...program] = (manifest.scripts[name] ?? '').split(' ');
  const command = tool === 'tsx' ? ['--import', 'tsx', ...program] : program;
  const child = spawn(process.execPath, [...command, ...words], {
    cwd: root,
    env: environmentOf({}),
    timeout: timeoutMs,
  });
  return await told(child);
}

export function createInstallation(options: InstallationOptions = {}): Installation {
  const data = mkdtempSync(join(tmpdir(), 'quanji-installation-'));
  let running: { readonly child: ChildProcess; readonly told: Promise<Told> } | undefined;
  let output = '';
  const readRuntime = (): Runtime =>
    JSON.parse(readFileSync(join(data, 'runtime.json'), 'utf8')) as Runtime;
  const stop = async (): Promise<number | null> => {
    if (running === undefined) return null;
    running.child.kill('SIGINT');
    const { status } = await running.told;
    running = undefined;
    return status;
  };
  return {
    data,
    start: async () => {
      const begun = performance.now();
      const words = ['start', '--data', data, '--port=0', ...(options.options ?? [])];
      const child = spawn(process.execPath, [bootstrap, ...words], {
        cwd: root,
        env: environmentOf(options.environment ?? {}),
      });
      const collect = (text: string): void => {
        output += text;
      };
      const from = output.length;
      running = { child, told: told(child, collect) };
      await untilReady(running.told, () => output.slice(from));
      return performance.now() - begun;
    },
    stop,
    runtime: readRuntime,
    api: () => new Api(readRuntime()),
    superuser: (database) => withDatabase(readRuntime().databases['superuser'] ?? '', database),
    output: () => output,
    close: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
    },
  };
}

function environmentOf(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...more };
}

async function told(child: ChildProcess, also?: (text: string) => void): Promise<Told> {
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    also?.(chunk.toString());
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return await new Promise((resolve) => {
    child.once('close', (status) => {
      resolve({ status, output });
    });
  });
}

async function untilReady(ended: Promise<Told>, output: () => string): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const deadline = performance.now() + startTimeoutMs;
  while (!output().includes('Quanji is ready')) {
    if (isOver || performance.now() > deadline) {
      throw new Error(`the installation did not start:\n${output()}`);
    }
    await sleep(100);
  }
}
