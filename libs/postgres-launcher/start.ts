// Starts a real PostgreSQL server as a child of its own session, on 127.0.0.1 only.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#libs/process-guard/port.ts';
import { endProcess } from '#libs/process-guard/process.ts';
import { clearPredecessor } from './predecessor.ts';
import { chooseRunner, type Runner } from './runner.ts';

export interface PostgresOptions {
  /** Holds the cluster, its password file and its log. Made when absent. */
  readonly dataDirectory: string;
  /** A free port is taken when absent. */
  readonly port?: number;
  /** False trades durability for speed: for tests that do not test durability. */
  readonly durable: boolean;
  readonly onProgress?: (line: string) => void;
}

export interface RunningPostgres {
  readonly host: string;
  readonly port: number;
  readonly superuserUrl: string;
  readonly pid: number;
  /** Settles when the server process ends, whoever ended it. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

interface Layout {
  readonly root: string;
  readonly cluster: string;
  readonly passwordFile: string;
  readonly log: string;
}

const host = '127.0.0.1';
const startAttempts = 5;
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;
/** A fast shutdown, then an immediate one, then the last resort. */
const stopSignals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
const largestLog = 16 * 1024 * 1024;

export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const progress = options.onProgress ?? ((): void => undefined);
  const runner = chooseRunner();
  const layout = layoutOf(options.dataDirectory);
  mkdirSync(layout.root, { recursive: true, mode: 0o700 });
  runner.give(layout.root);
  if (!existsSync(join(layout.cluster, 'PG_VERSION'))) {
    progress(`PostgreSQL: making a new cluster ${runner.how}`);
    await initialise(runner, layout, options.durable);
  }
  await clearPredecessor(runner, layout.cluster, progress);
  keepLogBounded(layout.log);
  return await startWithRetries(runner, layout, options);
}

function layoutOf(root: string): Layout {
  return {
    root,
    cluster: join(root, 'cluster'),
    passwordFile: join(root, 'superuser.password'),
    log: join(root, 'server.log'),
  };
}

async function initialise(runner: Runner, layout: Layout, durable: boolean): Promise<void> {
  // A rename at the end: an interrupted initdb never looks like a cluster.
  const unfinished = `${layout.cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(layout.cluster, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  runner.give(unfinished);
  writeFileSync(layout.passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  chmodSync(layout.passwordFile, 0o600);
  runner.give(layout.passwordFile);
  await runner.run(runner.programs.initdb, [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${layout.passwordFile}`,
    '--auth=scram-sha-256',
    '--locale=C.UTF-8',
    '--encoding=UTF8',
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ]);
  renameSync(unfinished, layout.cluster);
}

async function startWithRetries(
  runner: Runner,
  layout: Layout,
  options: PostgresOptions,
): Promise<RunningPostgres> {
  const progress = options.onProgress ?? ((): void => undefined);
  let reason = '';
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = options.port ?? (await freePort());
    const started = await tryStart(runner, layout, { port, durable: options.durable });
    if (typeof started !== 'string') {
      progress(`PostgreSQL: ready on ${host}:${port} (pid ${started.pid})`);
      return started;
    }
    reason = started;
    // After a SIGKILL the old backends hold shared memory for a moment.
    await sleep(500 * attempt);
  }
  throw new Error(`PostgreSQL did not start: ${reason} (see ${layout.log})`);
}

async function tryStart(
  runner: Runner,
  layout: Layout,
  how: { port: number; durable: boolean },
): Promise<RunningPostgres | string> {
  const logStart = existsSync(layout.log) ? statSync(layout.log).size : 0;
  const log = openSync(layout.log, 'a', 0o600);
  const args = ['-D', layout.cluster, ...settings(how.port, how.durable)];
  const child = runner.start(runner.programs.postgres, args, ['ignore', log, log]);
  closeSync(log);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  child.unref();
  const pid = child.pid;
  if (pid === undefined) {
    await exited;
    return `cannot run ${runner.programs.postgres}`;
  }
  const patience = { eachMs: stopTimeoutMs, ended: (): boolean => ended };
  const deadline = performance.now() + readyTimeoutMs;
  while (!ended && performance.now() < deadline) {
    if (isReady(layout.cluster, pid)) {
      const password = readFileSync(layout.passwordFile, 'utf8').trim();
      return {
        host,
        port: how.port,
        superuserUrl: `postgres://postgres:${password}@${host}:${how.port}/postgres`,
        pid,
        exited,
        stop: () => endProcess(pid, stopSignals, patience),
      };
    }
    await sleep(20);
  }
  if (!ended) await endProcess(pid, stopSignals, patience);
  return lastComplaint(layout.log, logStart);
}

function settings(port: number, durable: boolean): string[] {
  const pairs: Record<string, string> = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(pairs).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The server writes its state into the eighth line of its lock file. */
function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function lastComplaint(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString('utf8').split('\n');
  const fatal = lines.filter((line) => /FATAL|PANIC|could not|error/i.test(line));
  return (fatal.at(-1) ?? lines.filter(Boolean).at(-1) ?? 'it ended without a word').trim();
}

function keepLogBounded(log: string): void {
  if (existsSync(log) && statSync(log).size > largestLog) renameSync(log, `${log}.1`);
}
