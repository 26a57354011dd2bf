/**
 * Takes every transfer on its way one step further, until none can move. One leader; each step is a
 * transaction of its own and repeatable, so that a crash anywhere is taken up where it happened.
 */
import type { Logger } from '#libs/log/log.ts';
import type { Pool } from 'pg';
import { databaseOn, pause, runAsLeader } from '#libs/leadership/run-as-leader.ts';
import { listenFor } from '#libs/leadership/wake-up.ts';
import { ENGINE_CHANNEL } from '../repositories/wake-up.ts';
import { takeBankConfirmations } from './bank-step.ts';
import { commitCycle, decideCycle, deliverCycle, endFinishedCycle } from './cycle-steps.ts';
import type { EngineParts, Step } from './engine-parts.ts';
import { instructPayouts } from './payout-step.ts';
import { giveBackReturning, returnOverdue } from './return-steps.ts';
import { decideReversals, holdForReversals, reverseDecided } from './reversal-steps.ts';
import { holdReserved, reserveApproved } from './secure-steps.ts';
import { settleDelivered } from './settle-step.ts';

/** In the order in which a transfer meets them. Each answers how many it moved. */
const steps: readonly Step[] = [
  instructPayouts,
  takeBankConfirmations,
  returnOverdue,
  giveBackReturning,
  reserveApproved,
  holdReserved,
  holdForReversals,
  decideReversals,
  reverseDecided,
  commitCycle,
  decideCycle,
  deliverCycle,
  settleDelivered,
  endFinishedCycle,
];

const pollMs = 500;
const pauseAfterFaultMs = 500;
const roundsMax = 1_000;

export interface RunningEngine {
  stop(): Promise<void>;
  /** Why the last round failed; undefined when it did not. */
  fault(): string | undefined;
}

export type EngineOptions = Omit<EngineParts, 'db' | 'signal'> & {
  readonly pool: Pool;
  readonly log: Logger;
};

/** One round over all steps; how many transfers moved. A step that fails does not stop the others. */
export async function runRound(parts: EngineParts): Promise<number> {
  let moved = 0;
  let fault: Error | undefined;
  for (const step of steps) {
    if (parts.signal.aborted) break;
    try {
      moved += await step(parts);
    } catch (error) {
      fault ??=
        error instanceof Error ? error : new Error('a step threw no error', { cause: error });
      parts.log.warn('a settlement step failed, to be repeated', { error, operation: step.name });
    }
  }
  if (moved === 0 && fault !== undefined) throw fault;
  return moved;
}

export function startEngine(options: EngineOptions): RunningEngine {
  const stopping = new AbortController();
  let fault: string | undefined;
  const ended = runAsLeader({
    pool: options.pool,
    lockName: 'settlement-engine',
    signal: stopping.signal,
    log: options.log,
    lead: async ({ client, signal }) => {
      const parts: EngineParts = { ...options, db: databaseOn(client), signal };
      const wakeUp = await listenFor(client, ENGINE_CHANNEL, () => true);
      try {
        while (!signal.aborted) {
          fault = await runUntilIdle(parts);
          if (fault === undefined) await wakeUp.wait(pollMs, signal);
          else await pause(pauseAfterFaultMs, signal);
        }
      } finally {
        wakeUp.close();
      }
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    fault: () => fault,
  };
}

async function runUntilIdle(parts: EngineParts): Promise<string | undefined> {
  try {
    for (let round = 0; round < roundsMax && !parts.signal.aborted; round += 1) {
      if ((await runRound(parts)) === 0) return undefined;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown fault';
  }
}
