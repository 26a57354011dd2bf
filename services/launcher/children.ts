// The launcher's children, remembered on disk so that the next start waits for leftovers.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuard } from '#libs/process-guard/guard.ts';
import { isRunning, markOf, parseMark, type ProcessMark } from './lock.ts';

export interface Children {
  add(pid: number, endSignal: 'INT' | 'TERM'): void;
  remove(pid: number): void;
  clear(): void;
}

export function rememberChildren(file: string): Children {
  const guard = startGuard();
  const marks = new Map<number, ProcessMark>();
  const save = (): void => {
    writeFileSync(file, JSON.stringify([...marks.values()]), { mode: 0o600 });
  };
  return {
    add: (pid, endSignal) => {
      guard.watch(pid, endSignal);
      marks.set(pid, markOf(pid));
      save();
    },
    remove: (pid) => {
      guard.release(pid);
      marks.delete(pid);
      save();
    },
    clear: () => {
      rmSync(file, { force: true });
    },
  };
}

/** Children of a launcher that was killed get this long to end by themselves. */
const patienceMs = 8_000;

/** Two sequencers on one signer's memory must never be: what is left over ends first. */
export async function endLeftovers(file: string, say: (line: string) => void): Promise<void> {
  const left = (): ProcessMark[] => readMarks(file).filter(isRunning);
  if (left().length === 0) return;
  say('Waiting for the processes of an earlier run to end ...');
  const deadline = performance.now() + patienceMs;
  while (left().length > 0 && performance.now() < deadline) await sleep(200);
  for (const { pid } of left()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended this very moment.
    }
  }
  while (left().length > 0) await sleep(50);
}

function readMarks(file: string): ProcessMark[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!Array.isArray(parsed)) return [];
    return parsed.map(parseMark).filter((mark) => mark !== undefined);
  } catch {
    return [];
  }
}
