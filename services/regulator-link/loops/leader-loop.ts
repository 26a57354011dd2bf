// A loop that one instance runs at a time: wakes when there is work, goes on after faults.
import type { Pool } from 'pg';
import type { Database } from '#libs/db/database.ts';
import { databaseOn, pause, runAsLeader } from '#libs/leadership/run-as-leader.ts';
import { listenFor } from '#libs/leadership/wake-up.ts';
import type { Logger } from '#libs/log/log.ts';
import { type Work, wakeChannel } from '../repositories/wake.ts';

export interface LeaderLoopOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly name: string;
  /** Whose notifications wake the loop. */
  readonly wakes: readonly Work[];
  /** Longest sleep when no notification comes. */
  readonly pollMs: number;
  /** Once after each taking of the lead, and again after a fault. */
  readonly begin?: (db: Database<unknown>) => Promise<void>;
  /** True when more may be waiting. Runs on the connection that holds the lead. */
  readonly work: (db: Database<unknown>, signal: AbortSignal) => Promise<boolean>;
}

export interface LoopStatus {
  readonly name: string;
  readonly isLeading: boolean;
  /** Why the last round failed; undefined when it did not. */
  readonly fault: string | undefined;
}

export interface LeaderLoop {
  stop(): Promise<void>;
  status(): LoopStatus;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

interface MutableStatus {
  isLeading: boolean;
  fault: string | undefined;
}

export function startLeaderLoop(options: LeaderLoopOptions): LeaderLoop {
  const stopping = new AbortController();
  const status: MutableStatus = { isLeading: false, fault: undefined };
  const ended = runAsLeader({
    pool: options.pool,
    lockName: `regulator-link:${options.name}`,
    signal: stopping.signal,
    log: options.log,
    lead: async ({ client, signal }) => {
      const wakeUp = await listenFor(client, wakeChannel, (payload) =>
        options.wakes.some((name) => name === payload),
      );
      status.isLeading = true;
      try {
        const sleep = (): Promise<void> => wakeUp.wait(options.pollMs, signal);
        await workWhileLeading(options, databaseOn<unknown>(client), { signal, sleep, status });
      } finally {
        status.isLeading = false;
        wakeUp.close();
      }
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    status: () => ({ name: options.name, ...status }),
  };
}

interface Leading {
  readonly signal: AbortSignal;
  readonly sleep: () => Promise<void>;
  readonly status: MutableStatus;
}

async function workWhileLeading(
  options: LeaderLoopOptions,
  db: Database<unknown>,
  { signal, sleep, status }: Leading,
): Promise<void> {
  let hasBegun = false;
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      if (!hasBegun) await options.begin?.(db);
      hasBegun = true;
      const isBusy = await options.work(db, signal);
      status.fault = undefined;
      waitMs = FIRST_WAIT_MS;
      if (!isBusy) await sleep();
    } catch (error) {
      if (signal.aborted) return;
      hasBegun = false;
      status.fault = error instanceof Error ? error.message : 'unknown fault';
      const { name } = options;
      options.log.warn('a round failed, to be tried again', {
        error,
        reason: name,
        delayMs: waitMs,
      });
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}
