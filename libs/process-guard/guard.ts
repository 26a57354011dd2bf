// Ends servers of other programs (PostgreSQL, Kafka) when this process ends, however it ends.
import { spawn } from 'node:child_process';

export type EndSignal = 'INT' | 'TERM';

export interface Guard {
  /** Names a process that must not outlive this one. */
  watch(pid: number, signal: EndSignal): void;
  /** The process has ended already, or may live on. */
  release(pid: number): void;
}

/**
 * A shell holds the other end of a pipe: it reads the list of processes, each line replacing the
 * one before, and at the end of the file, which even SIGKILL brings about, signals those listed.
 */
const script = [
  'list=',
  'while read -r line; do list=$line; done',
  'for job in $list; do kill "${job%%:*}" "${job##*:}"; done',
  '[ -z "$list" ] && exit 0',
  'sleep 10',
  'for job in $list; do kill -KILL "${job##*:}"; done',
].join('\n');

export function startGuard(): Guard {
  const jobs = new Map<number, EndSignal>();
  if (process.platform === 'win32') {
    return { watch: () => undefined, release: () => undefined };
  }
  const shell = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Our end of the pipe closing is what it waits for: neither side keeps the other alive.
  shell.unref();
  shell.stdin.on('error', () => undefined);
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  const publish = (): void => {
    const list = [...jobs].map(([pid, signal]) => `-${signal}:${pid}`);
    shell.stdin.write(`${list.join(' ')}\n`);
  };
  return {
    watch: (pid, signal) => {
      jobs.set(pid, signal);
      publish();
    },
    release: (pid) => {
      if (jobs.delete(pid)) publish();
    },
  };
}
