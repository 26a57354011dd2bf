/** Settlement cycles: at most one runs at a time. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface Cycle {
  readonly id: Uuid;
  readonly state: 'running' | 'done';
  readonly businessDate: LocalDate;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
}

const columns = sql.raw(`id, state, business_date as "businessDate", started_at as "startedAt",
  ended_at as "endedAt"`);

/** False where another cycle runs. */
export async function insertCycle(
  tx: Executor,
  cycle: Pick<Cycle, 'id' | 'businessDate' | 'startedAt'> & { readonly startedBy: string },
): Promise<boolean> {
  const inserted = await sql`
    insert into cycle (id, business_date, started_by, started_at)
    values (${cycle.id}, ${cycle.businessDate}, ${cycle.startedBy}, ${cycle.startedAt})
    on conflict (state) where state = 'running' do nothing`.execute(tx);
  return inserted.numAffectedRows === 1n;
}

export async function runningCycle(db: Executor): Promise<Cycle | undefined> {
  const found = await sql<Cycle>`select ${columns} from cycle where state = 'running'`.execute(db);
  return found.rows[0];
}

export async function findCycle(db: Executor, id: string): Promise<Cycle | undefined> {
  const found = await sql<Cycle>`select ${columns} from cycle where id = ${id}`.execute(db);
  return found.rows[0];
}

/** Newest first. */
export async function listCycles(
  db: Executor,
  before: string | null,
  limit: number,
): Promise<readonly Cycle[]> {
  const found = await sql<Cycle>`
    select ${columns} from cycle where ${before}::uuid is null or id < ${before}
    order by id desc limit ${limit}`.execute(db);
  return found.rows;
}

/** Ends the cycle if nothing of it is under way. */
export async function endCycle(tx: Executor, id: Uuid, at: Instant): Promise<boolean> {
  const ended = await sql`
    update cycle set state = 'done', ended_at = ${at} where id = ${id} and state = 'running'
      and not exists (select 1 from transfer where cycle_id = ${id}
        and state not in ('settled', 'failed', 'cancelled'))`.execute(tx);
  return ended.numAffectedRows === 1n;
}

/** How many transfers of each cycle stand where. */
export async function countsOf(
  db: Executor,
  ids: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, Readonly<Record<string, number>>>> {
  const found = await sql<{ id: Uuid; state: string; count: number }>`
    select cycle_id as id, state, count(*)::int as count from transfer
    where cycle_id = any(${ids}::uuid[]) group by 1, 2 order by 1, 2`.execute(db);
  const counts = new Map<Uuid, Record<string, number>>();
  for (const { id, state, count } of found.rows) {
    counts.set(id, { ...counts.get(id), [state]: count });
  }
  return counts;
}
