// What the supervisory side asked for: repetitions, and freezes of the chain or of a lane.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface RepetitionOrder {
  /** Null for headers. */
  readonly lane: number | null;
  readonly from: bigint;
  readonly until: bigint;
  readonly reason: string;
}

/** The same range asked for again while it is still open is one order. */
const ORDER = `
  insert into repetition (id, lane, next_sequence, until, reason, asked_at)
  select $1::uuid, $2::smallint, $3::bigint, $4::bigint, $5::text, $6::timestamptz
   where not exists (
     select from repetition r where r.done_at is null and r.lane is not distinct from $2
        and r.next_sequence <= $3 and r.until >= $4)`;

export async function orderRepetition(
  tx: Executor,
  order: RepetitionOrder,
  now: Instant,
): Promise<void> {
  const { lane, from, until, reason } = order;
  const values = [newUuid(), lane, from.toString(), until.toString(), reason, now];
  await prepared(tx, 'link_order_repetition', ORDER, values);
}

export interface Repetition {
  readonly id: string;
  readonly lane: number | null;
  readonly next_sequence: bigint;
  readonly until: bigint;
}

const OPEN = `
  select id::text as id, lane, next_sequence, until from repetition
   where done_at is null order by asked_at, id limit 1`;

export async function openRepetition(db: Executor): Promise<Repetition | undefined> {
  const [row] = await prepared<Repetition>(db, 'link_open_repetition', OPEN);
  return row;
}

const ADVANCE = `
  update repetition set next_sequence = $2, done_at = case when $2 > until then $3::timestamptz end
   where id = $1`;

export async function advanceRepetition(
  tx: Executor,
  id: string,
  nextSequence: bigint,
  now: Instant,
): Promise<void> {
  await prepared(tx, 'link_advance_repetition', ADVANCE, [id, nextSequence.toString(), now]);
}

export interface Freeze {
  /** `chain`, or the name of a lane. */
  readonly scope: string;
  readonly height: bigint;
  readonly reason: string;
  readonly frozen_at: Instant;
}

const FREEZE = `
  insert into lane_freeze (scope, height, reason, frozen_at) values ($1, $2, $3, $4)
  on conflict (scope) do update set height = excluded.height, reason = excluded.reason,
    frozen_at = excluded.frozen_at, lifted_at = null
   where lane_freeze.lifted_at is not null`;

export async function freeze(
  tx: Executor,
  order: Omit<Freeze, 'frozen_at'>,
  now: Instant,
): Promise<void> {
  const { scope, height, reason } = order;
  await prepared(tx, 'link_freeze', FREEZE, [scope, height.toString(), reason, now]);
}

const UNFREEZE = 'update lane_freeze set lifted_at = $2 where scope = $1 and lifted_at is null';

export async function unfreeze(tx: Executor, scope: string, now: Instant): Promise<void> {
  await prepared(tx, 'link_unfreeze', UNFREEZE, [scope, now]);
}

const FROZEN = `
  select scope, height, reason, frozen_at from lane_freeze where lifted_at is null order by scope`;

export function frozenScopes(db: Executor): Promise<Freeze[]> {
  return prepared<Freeze>(db, 'link_frozen', FROZEN);
}
