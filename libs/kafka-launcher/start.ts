// Starts a real Apache Kafka broker (KRaft, one node) as a child process, on 127.0.0.1 only.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join, resolve as absolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#libs/process-guard/port.ts';
import { commandOf, endProcess, isAlive } from '#libs/process-guard/process.ts';
import { kafkaClassPath } from './jars.ts';
import { logProperties, serverProperties } from './settings.ts';

export interface KafkaOptions {
  /** Holds settings, log directory and log. Made when absent, taken up again when present. */
  readonly directory: string;
  /** A free port is taken when absent. */
  readonly port?: number;
  readonly onProgress?: (line: string) => void;
}

export interface RunningKafka {
  /** As a client wants it: `host:port`. */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the broker process ends, whoever ended it. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  /** Ends it without a word, as a power cut would. */
  kill(): Promise<void>;
}

interface Layout {
  readonly root: string;
  readonly settings: string;
  readonly logSettings: string;
  readonly data: string;
  readonly log: string;
  readonly pidFile: string;
}

const host = '127.0.0.1';
const startAttempts = 3;
const readyTimeoutMs = 90_000;
const stopTimeoutMs = 20_000;
const largestLog = 16 * 1024 * 1024;
/** The quick compiler alone halves the processor time of a start (measured: 4.8 s to 2.7 s). */
const jvm = ['-Xms128m', '-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const startedLine = 'Kafka Server started';

export async function startKafka(options: KafkaOptions): Promise<RunningKafka> {
  const progress = options.onProgress ?? ((): void => undefined);
  const classPath = await kafkaClassPath(progress);
  const layout = layoutOf(options.directory);
  mkdirSync(layout.root, { recursive: true, mode: 0o700 });
  await clearPredecessor(layout, progress);
  if (existsSync(layout.log) && statSync(layout.log).size > largestLog) {
    renameSync(layout.log, `${layout.log}.1`);
  }
  writeFileSync(layout.logSettings, logProperties());
  let reason = '';
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = options.port ?? (await freePort());
    await prepare(layout, classPath, port, progress);
    const started = await tryStart(layout, classPath, port);
    if (typeof started !== 'string') {
      progress(`Kafka: ready on ${started.brokers} (pid ${started.pid})`);
      return started;
    }
    reason = started;
    await sleep(1_000);
  }
  throw new Error(`Kafka did not start: ${reason} (see ${layout.log})`);
}

function layoutOf(directory: string): Layout {
  const root = absolute(directory);
  return {
    root,
    settings: join(root, 'server.properties'),
    logSettings: join(root, 'log4j2.properties'),
    data: join(root, 'data'),
    log: join(root, 'server.log'),
    pidFile: join(root, 'broker.pid'),
  };
}

async function prepare(
  layout: Layout,
  classPath: string,
  port: number,
  progress: (line: string) => void,
): Promise<void> {
  const place = { logDirectory: layout.data, port, controllerPort: await freePort() };
  writeFileSync(layout.settings, serverProperties(place));
  if (existsSync(join(layout.data, 'meta.properties'))) return;
  progress('Kafka: formatting a new log directory');
  rmSync(layout.data, { recursive: true, force: true });
  await new Promise<void>((resolve, reject) => {
    const args = ['format', '--cluster-id', newClusterId(), '--config', layout.settings];
    const tool = [
      ...jvm,
      '-cp',
      classPath,
      javaLogOption(layout),
      'kafka.tools.StorageTool',
      ...args,
    ];
    execFile('java', tool, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`Kafka could not format ${layout.data}: ${stderr || stdout}`));
      else resolve();
    });
  });
}

/** The tool reads a leading dash as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

function javaLogOption(layout: Layout): string {
  return `-Dlog4j2.configurationFile=${layout.logSettings}`;
}

async function tryStart(
  layout: Layout,
  classPath: string,
  port: number,
): Promise<RunningKafka | string> {
  const logStart = existsSync(layout.log) ? statSync(layout.log).size : 0;
  const log = openSync(layout.log, 'a', 0o600);
  const args = [...jvm, '-cp', classPath, javaLogOption(layout), 'kafka.Kafka', layout.settings];
  const child = spawn('java', args, { detached: true, stdio: ['ignore', log, log] });
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
    return 'cannot run java';
  }
  writeFileSync(layout.pidFile, String(pid));
  const patience = { eachMs: stopTimeoutMs, ended: (): boolean => ended };
  const deadline = performance.now() + readyTimeoutMs;
  while (!ended && performance.now() < deadline) {
    if (logSince(layout.log, logStart).includes(startedLine) && (await accepts(port))) {
      return {
        brokers: `${host}:${port}`,
        port,
        pid,
        exited,
        stop: () => endProcess(pid, ['SIGTERM', 'SIGKILL'], patience),
        kill: () => endProcess(pid, ['SIGKILL'], patience),
      };
    }
    await sleep(50);
  }
  await endProcess(pid, ['SIGTERM', 'SIGKILL'], patience);
  return lastComplaint(logSince(layout.log, logStart));
}

function logSince(log: string, from: number): string {
  return readFileSync(log).subarray(from).toString('utf8');
}

function lastComplaint(text: string): string {
  const lines = text.split('\n').filter(Boolean);
  return (
    lines.findLast((line) => / (ERROR|FATAL) |Exception/.test(line)) ?? lines.at(-1) ?? 'no word'
  );
}

async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, host);
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}

/** Ends a broker that a killed launcher left behind on the same directory. */
async function clearPredecessor(layout: Layout, progress: (line: string) => void): Promise<void> {
  if (!existsSync(layout.pidFile)) return;
  const pid = Number.parseInt(readFileSync(layout.pidFile, 'utf8'), 10);
  if (!(pid > 0) || !isAlive(pid) || !commandOf(pid)?.includes(layout.settings)) return;
  progress(`Kafka: stopping the broker that an earlier run left behind (pid ${pid})`);
  await endProcess(pid, ['SIGTERM', 'SIGKILL'], { eachMs: stopTimeoutMs });
}
