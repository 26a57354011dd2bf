// Ends a server that a killed launcher left behind on the same cluster directory.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, isAlive } from '#libs/process-guard/process.ts';
import type { Runner } from './runner.ts';

const patienceMs = 10_000;

export async function clearPredecessor(
  runner: Runner,
  cluster: string,
  progress: (line: string) => void,
): Promise<void> {
  const pid = readPid(cluster);
  if (pid === undefined) return;
  if (!isAlive(pid)) return;
  // Where the command cannot be told, pg_ctl makes its own checks.
  if (commandOf(pid)?.includes('postgres') === false) {
    // The number was given to another program since: the server would refuse to start.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  progress(`PostgreSQL: stopping the server that an earlier run left behind (pid ${pid})`);
  await runner
    .run(runner.programs.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '20'])
    .catch(() => undefined);
  // A process killed a moment ago can still be listed.
  const deadline = performance.now() + patienceMs;
  while (isAlive(pid) && performance.now() < deadline) await sleep(50);
}

function readPid(cluster: string): number | undefined {
  try {
    const first = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
    return /^\d+$/.test(first) ? Number.parseInt(first, 10) : undefined;
  } catch {
    return undefined;
  }
}
