/** Packets that came before something that they need. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import type { Instant } from '#libs/time/instant.ts';

/** Packets told of in one gap; what lies further is asked for after these. */
const missingMax = 10_000;

export interface WaitingPacket {
  readonly lane: LaneName;
  readonly sequence: bigint;
  readonly envelope: Uint8Array;
}

/** At most `laneMax` of a lane wait; what does not fit is asked for again later. */
export async function storeWaiting(
  tx: Executor,
  chainId: string,
  waiting: readonly WaitingPacket[],
  laneMax: number,
  now: Instant,
): Promise<void> {
  if (waiting.length === 0) return;
  await sql`
    insert into waiting_packet (chain_id, lane, sequence, envelope, waiting_at)
    select ${chainId}::text, n.lane, n.sequence, n.envelope, ${now}::timestamptz
    from unnest(${waiting.map(({ lane }) => lane)}::text[],
      ${waiting.map(({ sequence }) => sequence)}::bigint[],
      ${waiting.map(({ envelope }) => Buffer.from(envelope))}::bytea[])
      with ordinality as n (lane, sequence, envelope, place)
    where (select count(*) from waiting_packet w where w.chain_id = ${chainId} and w.lane = n.lane)
      + n.place <= ${laneMax}::integer
    on conflict do nothing`.execute(tx);
}

export async function countWaiting(db: Executor, chainId: string, lane: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from waiting_packet
    where chain_id = ${chainId} and lane = ${lane}`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/** How many lanes have their next packet among those that wait, or have passed some of them. */
export async function countLanesToGoOn(db: Executor, chainId: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(distinct lane)::int as count from waiting_packet join lane using (chain_id, lane)
    where chain_id = ${chainId} and sequence <= last_sequence + 1`.execute(db);
  return found.rows[0]?.count ?? 0;
}

/** What a pull has passed waits no longer. */
export async function dropPassed(tx: Executor, chainId: string): Promise<void> {
  await sql`
    delete from waiting_packet as waiting using lane
    where waiting.chain_id = ${chainId} and lane.chain_id = waiting.chain_id
      and lane.lane = waiting.lane and waiting.sequence <= lane.last_sequence`.execute(tx);
}

/** Of each lane, the unbroken run that follows its last packet, at most so many. */
export async function nextWaiting(
  tx: Executor,
  chainId: string,
  perLane: number,
): Promise<readonly WaitingPacket[]> {
  const found = await sql<WaitingPacket>`
    select lane, sequence, envelope from (
      select lane, sequence, envelope, last_sequence,
        row_number() over (partition by lane order by sequence) as place
      from waiting_packet join lane using (chain_id, lane)
      where chain_id = ${chainId} and sequence > last_sequence
        and sequence <= last_sequence + ${perLane}::integer) as waiting
    where sequence = last_sequence + place
    order by lane, sequence`.execute(tx);
  return found.rows;
}

export async function dropWaiting(
  tx: Executor,
  chainId: string,
  places: readonly { readonly lane: LaneName; readonly sequence: bigint }[],
): Promise<void> {
  if (places.length === 0) return;
  await sql`
    delete from waiting_packet as waiting
    using unnest(${places.map(({ lane }) => lane)}::text[],
      ${places.map(({ sequence }) => sequence)}::bigint[]) as n (lane, sequence)
    where waiting.chain_id = ${chainId} and waiting.lane = n.lane
      and waiting.sequence = n.sequence`.execute(tx);
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
