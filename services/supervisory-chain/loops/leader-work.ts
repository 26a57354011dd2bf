/** The loops that one instance runs: blocks and their messages, and asking for what is missing. */
import type { Pool } from 'pg';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { databaseOn, pause, runAsLeader } from '#libs/leadership/run-as-leader.ts';
import { ok } from '#libs/result/result.ts';
import type { SupervisoryParts } from '../parts.ts';
import { markSent, unsentMessages } from '../repositories/own-chain-repository.ts';
import { sealBlock } from '../use-cases/seal-block.ts';
import { countLanesToGoOn } from '../repositories/waiting-repository.ts';
import type { OpenedMessages } from '../use-cases/open-message.ts';
import { askForMissing, type LaneProgress } from '../use-cases/take-header.ts';
import { takeMoreWaiting } from '../use-cases/take-packets.ts';

export interface LeaderWork {
  readonly parts: SupervisoryParts;
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly messages: OpenedMessages;
  /** Absent where the feed is by lanes only. */
  readonly pull?: (db: Database<unknown>) => Promise<number>;
}

export interface RunningWork {
  stop(): Promise<void>;
  faults(): readonly string[];
}

const idleMs = 150;
const afterFaultMs = 500;
const messagesMax = 500;

type Work = (db: Database<unknown>) => Promise<number>;

async function sendMessages({ parts, bus }: LeaderWork, db: Database<unknown>): Promise<number> {
  const messages = await unsentMessages(db, messagesMax);
  const byTopic = new Map<string, (typeof messages)[number][]>();
  for (const message of messages) {
    byTopic.set(message.topic, [...(byTopic.get(message.topic) ?? []), message]);
  }
  for (const [topic, group] of byTopic) {
    await bus.publish(
      topic,
      group.map(({ key, message }) => ({ key, value: message })),
    );
    parts.crashPoint('supervisory.after-send');
    await markSent(
      db,
      group.map(({ id }) => id),
      parts.clock.now(),
    );
  }
  return messages.length;
}

const inOwnTransaction =
  (work: (tx: Parameters<typeof sealBlock>[1]) => Promise<number>): Work =>
  async (db) => {
    const done = await inTransaction<unknown, number, never>(db, 'read committed', async (tx) =>
      ok(await work(tx)),
    );
    return done.ok ? done.value : 0;
  };

function startLoop(
  { parts, pool }: LeaderWork,
  name: string,
  work: Work,
  pollMs: number,
): { stop(): Promise<void>; fault(): string | undefined } {
  const stopping = new AbortController();
  let fault: string | undefined;
  const ended = runAsLeader({
    pool,
    lockName: `supervisory-chain:${name}`,
    signal: stopping.signal,
    log: parts.log,
    lead: async ({ client, signal }) => {
      const db = databaseOn<unknown>(client);
      while (!signal.aborted) {
        try {
          const done = await work(db);
          fault = undefined;
          if (done === 0) await pause(pollMs, signal);
        } catch (error) {
          if (signal.aborted) return;
          fault = error instanceof Error ? error.message : 'unknown fault';
          parts.log.warn('a round failed, to be tried again', { error, operation: name });
          await pause(afterFaultMs, signal);
        }
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

/** What a batch has let go on and left over, some in each transaction until nothing can go on. */
async function goOn(
  parts: SupervisoryParts,
  db: Database<unknown>,
  messages: OpenedMessages,
): Promise<number> {
  if ((await countLanesToGoOn(db, parts.market.chainId)) === 0) return 0;
  return inOwnTransaction((tx) => takeMoreWaiting(parts, tx, messages))(db);
}

export function startLeaderWork(work: LeaderWork): RunningWork {
  const { parts, messages, pull } = work;
  const progress: LaneProgress = new Map();
  const askIdle = inOwnTransaction(async (tx) => {
    await askForMissing(parts, tx, progress);
    return 0;
  });
  const loops = [
    startLoop(
      work,
      'blocks',
      inOwnTransaction((tx) => sealBlock(parts, tx)),
      idleMs,
    ),
    startLoop(work, 'sender', (db) => sendMessages(work, db), idleMs),
    startLoop(work, 'waiting', (db) => goOn(parts, db, messages), idleMs),
    startLoop(work, 'missing', askIdle, 1_000),
    ...(pull === undefined ? [] : [startLoop(work, 'puller', pull, 500)]),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    faults: () => loops.flatMap((loop) => loop.fault() ?? []),
  };
}
