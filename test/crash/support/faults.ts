// Deaths by SIGKILL, at any moment or at a named point, and the time until all is ready again.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '#libs/process-guard/process.ts';
import type { Installation } from '../../support/installation.ts';
import { withClient } from '../../support/postgres.ts';
import { crashNames } from './crash-names.ts';
import { shuffled } from './seeded.ts';

export interface Fault {
  /** A service, `postgres` or `kafka`. */
  readonly target: string;
  /** Absent: at this very moment. */
  readonly point?: string;
}

export interface Death {
  readonly fault: Fault;
  /** From the death until every service and server answers; undefined when it never died. */
  readonly readyMs: number | undefined;
}

const killsOfEach = 5;
const servers = ['postgres', 'kafka'] as const;
const pointPatienceMs = 90_000;
const readyPatienceMs = 90_000;

/** Each service and server five times, each named point once, in the order of the seed. */
export function drawFaults(
  services: readonly string[],
  draw: (below: number) => number,
): readonly Fault[] {
  const kills = [...services, ...servers].flatMap((target) =>
    Array.from({ length: killsOfEach }, (): Fault => ({ target })),
  );
  const points = Object.entries(crashNames).flatMap(([target, names]) =>
    names.map((point): Fault => ({ target, point })),
  );
  return shuffled([...kills, ...points], draw);
}

function pidOf({ data, runtime }: Installation, target: string): number {
  const first = (...path: string[]): number =>
    Number.parseInt(readFileSync(join(data, ...path), 'utf8').split('\n')[0] ?? '', 10);
  if (target === 'postgres') return first('postgres', 'cluster', 'postmaster.pid');
  if (target === 'kafka') return first('kafka', 'broker.pid');
  return runtime().services[target]?.pid ?? 0;
}

export async function inflict(
  installation: Installation,
  fault: Fault,
  crashFile: string,
): Promise<Death> {
  const pid = pidOf(installation, fault.target);
  if (fault.point === undefined) process.kill(pid, 'SIGKILL');
  else writeFileSync(crashFile, fault.point);
  const deadline = performance.now() + pointPatienceMs;
  while (isAlive(pid) && performance.now() < deadline) await sleep(20);
  rmSync(crashFile, { force: true });
  if (isAlive(pid)) return { fault, readyMs: undefined };
  const died = performance.now();
  while (!(await isAllReady(installation, fault.target, pid))) {
    if (performance.now() - died > readyPatienceMs) {
      throw new Error(`${JSON.stringify(fault)}: not ready again\n${tail(installation)}`);
    }
    await sleep(50);
  }
  return { fault, readyMs: performance.now() - died };
}

function tail(installation: Installation): string {
  return installation.output().split('\n').slice(-20).join('\n');
}

async function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return await new Promise((resolve) => {
    const socket = connect(Number.parseInt(port, 10), hostname);
    const answer = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}

async function isAllReady(
  installation: Installation,
  target: string,
  oldPid: number,
): Promise<boolean> {
  try {
    if (pidOf(installation, target) === oldPid) return false;
    if (target === 'kafka' && !(await accepts(installation.runtime().kafkaBrokers ?? '')))
      return false;
    await withClient(installation.superuser('postgres'), (client) => client.query('select 1'));
    const urls = Object.values(installation.runtime().services).map(({ url }) => url);
    const answers = await Promise.all(
      urls.map((url) => fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })),
    );
    return answers.every(({ status }) => status === 200);
  } catch {
    return false;
  }
}
