/** Packets that came before something that they need. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import type { Instant } from '#libs/time/instant.ts';

/** Packets told of in one gap; what lies further is asked for after these. */
const missingMax = 10_000;

export async function storeWaiting(
  tx: Executor,
  waiting: {
    readonly chainId: string;
    readonly lane: string;
    readonly sequence: bigint;
    readonly envelope: Uint8Array;
  },
  now: Instant,
): Promise<void> {
  await sql`
    insert into waiting_packet (chain_id, lane, sequence, envelope, waiting_at)
    values (${waiting.chainId}, ${waiting.lane}, ${waiting.sequence}, ${waiting.envelope}, ${now})
    on conflict do nothing`.execute(tx);
}

export async function countWaiting(db: Executor, chainId: string, lane: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from waiting_packet
    where chain_id = ${chainId} and lane = ${lane}`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/** The envelope that waits for this very sequence; it waits no longer. */
export async function takeWaiting(
  tx: Executor,
  chainId: string,
  lane: string,
  sequence: bigint,
): Promise<Uint8Array | undefined> {
  const found = await sql<{ envelope: Uint8Array }>`
    delete from waiting_packet
    where chain_id = ${chainId} and lane = ${lane} and sequence = ${sequence}
    returning envelope`.execute(tx);
  return found.rows[0]?.envelope;
}

/** The lanes whose next packet waits; those that were passed by a pull wait no longer. */
export async function lanesToGoOn(tx: Executor, chainId: string): Promise<readonly LaneName[]> {
  await sql`
    delete from waiting_packet as waiting using lane
    where waiting.chain_id = ${chainId} and lane.chain_id = waiting.chain_id
      and lane.lane = waiting.lane and waiting.sequence <= lane.last_sequence`.execute(tx);
  const found = await sql<{ lane: LaneName }>`
    select lane from waiting_packet join lane using (chain_id, lane)
    where chain_id = ${chainId} and sequence = last_sequence + 1
    order by lane`.execute(tx);
  return found.rows.map(({ lane }) => lane);
}

/** From the first to the last packet before this one that neither was taken nor waits. */
export async function missingBefore(
  tx: Executor,
  chainId: string,
  place: { readonly lane: string; readonly sequence: bigint },
): Promise<{ readonly from: bigint; readonly to: bigint } | undefined> {
  const found = await sql<{ from: bigint | null; to: bigint | null }>`
    select min(missing.sequence) as "from", max(missing.sequence) as "to"
    from lane,
      generate_series(last_sequence + 1, least(${place.sequence}::bigint - 1, last_sequence + ${missingMax}))
        as missing (sequence)
    where chain_id = ${chainId} and lane = ${place.lane}
      and not exists (
        select 1 from waiting_packet as waiting
        where waiting.chain_id = ${chainId} and waiting.lane = ${place.lane}
          and waiting.sequence = missing.sequence)`.execute(tx);
  const { from = null, to = null } = found.rows[0] ?? {};
  return from === null || to === null ? undefined : { from, to };
}
