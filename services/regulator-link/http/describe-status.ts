// How far everything is, and which alarms stand now.
import type { components } from '#libs/contracts/generated/regulator-link.ts';
import type { Executor } from '#libs/db/database.ts';
import { type Instant, millisecondsBetween } from '#libs/time/instant.ts';
import { laneNameOf } from '../lanes/outgoing.ts';
import { frozenScopes } from '../repositories/control-repository.ts';
import {
  backlogOf,
  readLanes,
  readStatus,
  type StatusRow,
} from '../repositories/status-queries.ts';

export interface StatusDeps {
  readonly chainId: string;
  readonly now: Instant;
  readonly faults: () => readonly string[];
}

const WAITING_MS_MAX = 60_000;
const UNRECEIPTED_MS_MAX = 300_000;
const CHECKPOINT_LAG_MAX = 50n;
/** A refused message is an alarm for an hour; its evidence stays. */
const REFUSED_MS_MAX = 3_600_000;

export async function describeStatus(
  db: Executor,
  { chainId, now, faults }: StatusDeps,
): Promise<components['schemas']['LinkStatus']> {
  const row = await readStatus(db);
  const lanes = await readLanes(db);
  const frozen = await frozenScopes(db);
  const ageMs = (since: Instant | null): number =>
    since === null ? 0 : Math.max(0, millisecondsBetween(since, now));
  return {
    chainId,
    feed: 'lanes',
    finalHeight: row.final_height.toString(),
    treeSize: row.tree_size.toString(),
    sentHeight: row.sent_height.toString(),
    checkpointHeight: row.checkpoint_height.toString(),
    supervisoryHeight: row.supervisory_height.toString(),
    facts: row.facts.toString(),
    unreceiptedFacts: row.unreceipted.toString(),
    rejectedFacts: row.rejected.toString(),
    packets: row.packets.toString(),
    receipts: row.receipts.toString(),
    oldestUnreceiptedMs: ageMs(row.oldest_unreceipted).toString(),
    lagMs: ageMs(row.oldest_unchained).toString(),
    backlog: lanes.map((lane) => ({
      lane: laneNameOf(lane.lane),
      packets: backlogOf(lane).toString(),
    })),
    waitingObjects: row.waiting.toString(),
    faultyObjects: row.faulty.toString(),
    inboxGaps: row.gaps.toString(),
    evidence: row.evidence.toString(),
    refusedMessages: row.refused_messages.toString(),
    frozen: frozen.map(({ scope, height, reason, frozen_at: frozenAt }) => ({
      scope,
      height: height.toString(),
      reason,
      frozenAt,
    })),
    alarms: [
      ...alarmsOf(row, ageMs),
      ...(frozen.length > 0 ? ['frozen'] : []),
      ...faults().map((name) => `loop-${name}`),
    ],
  };
}

function alarmsOf(row: StatusRow, ageMs: (since: Instant | null) => number): string[] {
  const standing: Readonly<Record<string, boolean>> = {
    'object-parked': row.faulty > 0n,
    'object-waits-long': ageMs(row.longest_waiting) > WAITING_MS_MAX,
    'receipt-overdue': ageMs(row.oldest_unreceipted) > UNRECEIPTED_MS_MAX,
    'checkpoint-overdue': row.final_height - row.checkpoint_height > CHECKPOINT_LAG_MAX,
    'inbox-gap': row.gaps > 0n,
    'fact-rejected': row.rejected > 0n,
    'message-refused': row.last_refused !== null && ageMs(row.last_refused) < REFUSED_MS_MAX,
    'investor-code-refused': row.refused_codes > 0n,
  };
  return Object.entries(standing).flatMap(([name, stands]) => (stands ? [name] : []));
}
