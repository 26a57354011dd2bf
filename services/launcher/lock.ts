// One launcher per data directory: a lock file with pid and start time of its holder.
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '#libs/process-guard/process.ts';
import { LaunchFailure } from './failure.ts';

/** Who a process is: its number alone may have been given away since. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

export interface Lock {
  release(): void;
}

export interface LockPatience {
  readonly waitMs: number;
  readonly onWaiting: (holder: ProcessMark) => void;
}

export function markOf(pid: number): ProcessMark {
  return { pid, started: startTimeOf(pid) ?? '' };
}

export function isRunning(mark: ProcessMark): boolean {
  if (!isAlive(mark.pid)) return false;
  const started = startTimeOf(mark.pid);
  return started === undefined || mark.started === '' || started === mark.started;
}

function startTimeOf(pid: number): string | undefined {
  try {
    const args = ['-o', 'lstart=', '-p', String(pid)];
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Waits for a holder that is about to end; else says who holds the directory. */
export async function acquireLock(
  file: string,
  directory: string,
  patience: LockPatience,
): Promise<Lock> {
  const deadline = performance.now() + patience.waitMs;
  let isTold = false;
  for (;;) {
    if (tryTake(file)) {
      return {
        release: () => {
          rmSync(file, { force: true });
        },
      };
    }
    const holder = readMark(file);
    if (holder === undefined || !isRunning(holder)) {
      dropStale(file, holder);
      continue;
    }
    if (performance.now() >= deadline) {
      throw new LaunchFailure(
        `Another instance (pid ${holder.pid}, started ${holder.started}) holds ${directory}.`,
      );
    }
    if (!isTold) patience.onWaiting(holder);
    isTold = true;
    await sleep(200);
  }
}

/** A link appears whole or not at all: nobody reads a half-written lock. */
function tryTake(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(markOf(process.pid)), { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves the dead holder's lock away; whoever moved a live one by mistake puts it back. */
function dropStale(file: string, stale: ProcessMark | undefined): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readMark(aside);
  if (moved !== undefined && moved.pid !== stale?.pid && isRunning(moved)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third start took the place: it sees the same folder and will say so.
    }
  }
  rmSync(aside, { force: true });
}

function readMark(file: string): ProcessMark | undefined {
  try {
    return parseMark(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export function parseMark(value: unknown): ProcessMark | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('pid' in value) || typeof value.pid !== 'number') return undefined;
  const started = 'started' in value && typeof value.started === 'string' ? value.started : '';
  return { pid: value.pid, started };
}
