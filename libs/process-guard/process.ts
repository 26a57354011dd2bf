// What the operating system says about a process that may not be ours.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The whole command line; undefined when it cannot be told (no such process, no `ps`). */
export function commandOf(pid: number): string | undefined {
  try {
    const args = ['-ww', '-o', 'args=', '-p', String(pid)];
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** Sends each signal in turn until the process is gone, waiting after each. */
export async function endProcess(
  pid: number,
  signals: readonly NodeJS.Signals[],
  patience: { readonly eachMs: number; readonly ended?: () => boolean },
): Promise<void> {
  const gone = (): boolean => (patience.ended?.() ?? false) || !isAlive(pid);
  for (const signal of signals) {
    if (gone()) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + patience.eachMs;
    while (!gone() && performance.now() < deadline) await sleep(20);
  }
}
