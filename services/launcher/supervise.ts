// One service as a process of its own: started, waited for, started again when it dies.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from '#libs/process-guard/process.ts';
import type { Children } from './children.ts';
import { LaunchFailure } from './failure.ts';

export interface ServicePlan {
  readonly name: string;
  readonly url: string;
  readonly command: readonly [string, ...string[]];
  /** Working directory. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Opened anew for each start and handed on as descriptor 3. */
  readonly passphraseFile: string;
}

export interface Supervision {
  readonly children: Children;
  readonly say: (line: string) => void;
  /** A pid changed. */
  readonly onChange: () => void;
  readonly readyTimeoutMs: number;
}

export interface SupervisedService {
  readonly name: string;
  readonly url: string;
  pid(): number | undefined;
  /** Settles when /readyz first answers 200. Errors: LaunchFailure when it will not. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** A service that does not come up this many times will not come up at all. */
const startsBeforeReady = 3;
const shortestPauseMs = 200;
const longestPauseMs = 5_000;
const stopTimeoutMs = 10_000;
const largestLog = 32 * 1024 * 1024;

export function superviseService(plan: ServicePlan, around: Supervision): SupervisedService {
  let child: ChildProcess | undefined;
  let isStopping = false;
  let hasBeenReady = false;
  let pauseMs = shortestPauseMs;
  const stopping = new AbortController();

  const runOnce = async (): Promise<void> => {
    const started = launch(plan);
    child = started;
    const { pid } = started;
    const exited = exitOf(started);
    if (pid !== undefined) around.children.add(pid, 'TERM');
    around.onChange();
    await exited;
    if (pid !== undefined) around.children.remove(pid);
    child = undefined;
  };

  /** One that became ready had started well: the next pause is short again. */
  const tellWhenReady = async (ended: AbortSignal): Promise<void> => {
    const begun = performance.now();
    const signal = AbortSignal.any([ended, stopping.signal]);
    try {
      await awaitReady(plan, around.readyTimeoutMs, signal);
      pauseMs = shortestPauseMs;
      around.say(`${plan.name}: ready again after ${Math.round(performance.now() - begun)} ms`);
    } catch (error) {
      if (!signal.aborted) around.say(error instanceof Error ? error.message : String(error));
    }
  };

  const keepRunning = async (onHopeless: (error: Error) => void): Promise<void> => {
    for (let starts = 1; !isStopping; starts++) {
      const ended = new AbortController();
      if (hasBeenReady) void tellWhenReady(ended.signal);
      await runOnce();
      ended.abort();
      if (isStopping) return;
      const word = lastWord(plan.logFile);
      if (!hasBeenReady && starts >= startsBeforeReady) {
        onHopeless(new LaunchFailure(`${plan.name} does not start: ${word} (${plan.logFile})`));
        return;
      }
      around.say(`${plan.name} died: starting it again (its last word: ${word})`);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  };

  let running = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    running = keepRunning(reject);
    awaitReady(plan, around.readyTimeoutMs, stopping.signal).then(() => {
      hasBeenReady = true;
      resolve();
    }, reject);
  });

  return {
    name: plan.name,
    url: plan.url,
    ready,
    pid: () => child?.pid,
    stop: async () => {
      isStopping = true;
      stopping.abort();
      const pid = child?.pid;
      const ended = (): boolean => child === undefined;
      if (pid !== undefined) {
        await endProcess(pid, ['SIGTERM', 'SIGKILL'], { eachMs: stopTimeoutMs, ended });
      }
      await running;
    },
  };
}

function launch(plan: ServicePlan): ChildProcess {
  if (existsSync(plan.logFile) && statSync(plan.logFile).size > largestLog) {
    renameSync(plan.logFile, `${plan.logFile}.1`);
  }
  const log = openSync(plan.logFile, 'a', 0o600);
  const passphrase = openSync(plan.passphraseFile, 'r');
  const [file, ...args] = plan.command;
  try {
    return spawn(file, args, {
      cwd: plan.folder,
      detached: true,
      env: { ...plan.environment },
      stdio: ['ignore', log, log, passphrase],
    });
  } finally {
    closeSync(log);
    closeSync(passphrase);
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
}

async function awaitReady(
  { name, url, logFile }: ServicePlan,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let answer = 'nobody answers';
  while (performance.now() < deadline && !signal.aborted) {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      const text = await response.text();
      if (response.status === 200) return;
      answer = text.slice(0, 300);
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  if (signal.aborted) throw new LaunchFailure(`${name} was stopped before it was ready`);
  throw new LaunchFailure(`${name} does not become ready: ${answer} (${logFile})`);
}

const tailBytes = 8 * 1024;
/** Empty lines, stack frames, and what Node prints under an uncaught error. */
const noise = /^\s*$|^\s+at |^Node\.js v|^[}\]]/;

/** The last line of the log that tells something; of a JSON line, its message. */
export function lastWord(logFile: string): string {
  if (!existsSync(logFile)) return 'none';
  const text = readFileSync(logFile).subarray(-tailBytes).toString('utf8');
  const line = text.split('\n').findLast((candidate) => !noise.test(candidate)) ?? 'none';
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return line;
    const words = new Map<string, unknown>(Object.entries(parsed));
    const message = words.get('msg');
    return (typeof message === 'string' ? message : line).slice(0, 300);
  } catch {
    return line.slice(0, 300);
  }
}
