/**
 * The relay: one leader renders the messages of an outbox and publishes them, in the order of each
 * book. It runs on the connection that holds its lock, so a leader that lost it can write nothing.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from '#libs/log/log.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { databaseOn, pause, runAsLeader } from '#libs/leadership/run-as-leader.ts';
import type { LeaderSession } from '#libs/leadership/run-as-leader.ts';
import { listenFor } from '#libs/leadership/wake-up.ts';
import { markPublished, takePending, takeRendered } from './outbox-rows.ts';
import type { RenderedRow } from './outbox-rows.ts';
import type { OutboxRow } from './outbox-tables.ts';
import { followOrigin } from './origin.ts';
import { renderRows } from './rendering.ts';

export type Rendering =
  | { readonly eventId: string; readonly ok: true; readonly value: Uint8Array }
  | { readonly eventId: string; readonly ok: false; readonly reason: string };

export interface RelayOptions<DB> {
  /** The service's own database; the relay keeps one connection of it while it leads. */
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly log: Logger;
  /** Name of the service, which is also the payload of its notifications on `outbox`. */
  readonly service: string;
  /**
   * Makes the message of each row, in the given order, and stores what belongs to it, such as the
   * pack. Must be repeatable: a row is asked for again when an earlier one of its book failed. A
   * row it cannot render parks its book; when it throws, the row to blame is found and parked.
   */
  readonly render: (
    trx: Transaction<DB>,
    rows: readonly OutboxRow[],
  ) => Promise<readonly Rendering[]>;
  /** Where a fault test may end the process: around the commit of a rendering, and a publication. */
  readonly crashPoint?: (name: string) => void;
  /** Most events in one round; also the most that are rendered in one transaction. */
  readonly maxBatch?: number;
  /** Longest wait when no notification comes; at most a second. */
  readonly pollMs?: number;
}

export interface Relay {
  /** Lets the round in hand finish. */
  stop(): Promise<void>;
  status(): RelayStatus;
}

export interface RelayStatus {
  readonly isLeading: boolean;
  /** Why the last round failed; undefined when it did not. */
  readonly fault: string | undefined;
}

const ORIGIN_CHECK_MS = 5_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
const batchMax = 200;

export function startRelay<DB>(options: RelayOptions<DB>): Relay {
  const stopping = new AbortController();
  const status: { isLeading: boolean; fault: string | undefined } = {
    isLeading: false,
    fault: undefined,
  };
  const ended = runAsLeader({
    pool: options.pool,
    lockName: `relay:${options.service}`,
    signal: stopping.signal,
    log: options.log,
    lead: async (session) => {
      status.isLeading = true;
      await relayWhileLeading(options, session, (fault) => {
        status.fault = fault;
      }).finally(() => {
        status.isLeading = false;
      });
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
    status: () => ({ ...status }),
  };
}

async function relayWhileLeading<DB>(
  options: RelayOptions<DB>,
  { client, signal }: LeaderSession,
  report: (fault: string | undefined) => void,
): Promise<void> {
  const db = databaseOn<DB>(client);
  const pollMs = Math.min(options.pollMs ?? 250, 1_000);
  const wakeUp = await listenFor(client, 'outbox', (service) => service === options.service);
  let originCheckDue = 0;
  let waitMs = FIRST_WAIT_MS;
  try {
    while (!signal.aborted) {
      try {
        const rendered = await renderPending(db, options, signal);
        if (performance.now() >= originCheckDue) {
          await followOrigin(db, options.bus, options.log);
          originCheckDue = performance.now() + ORIGIN_CHECK_MS;
        }
        const published = await publishRendered(db, options, signal);
        report(undefined);
        waitMs = FIRST_WAIT_MS;
        if (rendered + published === 0) await wakeUp.wait(pollMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        options.log.warn('relay round failed', { error });
        report(error instanceof Error ? error.message : 'unknown fault');
        // A failed publication may mean that the bus was wiped or exchanged.
        originCheckDue = 0;
        await pause(waitMs, signal);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  } finally {
    wakeUp.close();
  }
}

/**
 * Renders what waits for it: first, so that whoever asks for the packs himself need not wait for
 * the bus. Returns how many rows moved on, rendered or parked.
 */
async function renderPending<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  signal: AbortSignal,
): Promise<number> {
  let moved = 0;
  while (!signal.aborted) {
    const rows = await takePending(db, options.maxBatch ?? batchMax);
    if (rows.length === 0) break;
    moved += await renderRows(db, options, rows);
    options.crashPoint?.('render-committed');
  }
  return moved;
}

/** Returns how many rows were published. */
async function publishRendered<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  signal: AbortSignal,
): Promise<number> {
  const rows = await takeRendered(db, options.maxBatch ?? batchMax);
  for (const [topic, group] of groupByTopic(rows)) {
    if (signal.aborted) return 0;
    options.crashPoint?.('before-publish');
    await options.bus.publish(
      topic,
      group.map((row) => ({
        key: row.book,
        value: row.message,
        headers: { 'content-type': 'application/cloudevents+json' },
      })),
    );
    options.crashPoint?.('published');
    await markPublished(db, group);
  }
  return rows.length;
}

function groupByTopic(rows: readonly RenderedRow[]): Map<string, RenderedRow[]> {
  const groups = new Map<string, RenderedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.topic);
    if (group === undefined) groups.set(row.topic, [row]);
    else group.push(row);
  }
  return groups;
}
