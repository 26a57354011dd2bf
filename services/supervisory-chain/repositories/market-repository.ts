/** The light client's state of a market: its head, its lanes, its accepted headers. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { LaneName } from '#libs/proof/record-frame.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface Market {
  readonly chainId: string;
  readonly height: bigint;
  readonly headerHash: Uint8Array;
  readonly header: Uint8Array;
  /** The encoded lane table of the head. */
  readonly lanes: Uint8Array;
  readonly lastHeaderAt: Instant;
  readonly frozenReason: string | null;
}

export interface MarketHeader {
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly treeSize: bigint;
  readonly certificate: unknown;
}

export type Via = 'genesis' | 'lane' | 'pull';

const columns = sql.raw(`chain_id as "chainId", height, header_hash as "headerHash", header, lanes,
  last_header_at as "lastHeaderAt", frozen_reason as "frozenReason"`);

export async function findMarket(db: Executor, chainId: string): Promise<Market | undefined> {
  const found = await sql<Market>`
    select ${columns} from market where chain_id = ${chainId}`.execute(db);
  return found.rows[0];
}

/** Held until the transaction ends: headers and packets of a market are taken one by one. */
export async function lockMarket(tx: Executor, chainId: string): Promise<Market> {
  const found = await sql<Market>`
    select ${columns} from market where chain_id = ${chainId} for update`.execute(tx);
  const [market] = found.rows;
  if (market === undefined) throw new Error(`market ${chainId} is not set up`);
  return market;
}

export async function openMarket(
  tx: Executor,
  chainId: string,
  genesis: Omit<MarketHeader, 'certificate'>,
  lanes: readonly string[],
  now: Instant,
): Promise<void> {
  const opened = await sql`
    insert into market (chain_id, height, header_hash, header, lanes, last_header_at)
    values (${chainId}, 0, ${genesis.headerHash}, ${genesis.header}, ''::bytea, ${now})
    on conflict do nothing`.execute(tx);
  if (opened.numAffectedRows !== 1n) return;
  await insertHeader(tx, chainId, { ...genesis, certificate: [] }, 'genesis', now);
  for (const lane of lanes) {
    await sql`
      insert into lane (chain_id, lane, last_sequence, last_packet_hash)
      values (${chainId}, ${lane}, 0, decode(repeat('00', 32), 'hex'))`.execute(tx);
  }
}

export async function insertHeader(
  tx: Executor,
  chainId: string,
  header: MarketHeader,
  via: Via,
  now: Instant,
): Promise<void> {
  await sql`
    insert into market_header (chain_id, height, header, header_hash, tree_size, certificate, via,
      accepted_at, digest)
    values (${chainId}, ${header.height}, ${header.header}, ${header.headerHash},
      ${header.treeSize}, ${JSON.stringify(header.certificate)}::jsonb, ${via}, ${now},
      ''::bytea)`.execute(tx);
}

export async function advanceMarket(
  tx: Executor,
  chainId: string,
  header: MarketHeader,
  lanes: Uint8Array,
  now: Instant,
): Promise<void> {
  await sql`
    update market set height = ${header.height}, header_hash = ${header.headerHash},
      header = ${header.header}, lanes = ${lanes}, last_header_at = ${now}
    where chain_id = ${chainId}`.execute(tx);
}

export async function noteHeartbeat(tx: Executor, chainId: string, now: Instant): Promise<void> {
  await sql`update market set last_header_at = ${now} where chain_id = ${chainId}`.execute(tx);
}

export async function freezeMarket(
  tx: Executor,
  chainId: string,
  reason: string,
  now: Instant,
): Promise<void> {
  await sql`
    update market set frozen_reason = ${reason}, frozen_at = ${now}
    where chain_id = ${chainId} and frozen_reason is null`.execute(tx);
}

export async function unfreezeMarket(tx: Executor, chainId: string): Promise<void> {
  await sql`
    update market set frozen_reason = null, frozen_at = null where chain_id = ${chainId}`.execute(
    tx,
  );
  await sql`update lane set frozen_reason = null where chain_id = ${chainId}`.execute(tx);
}

export async function headerAt(
  db: Executor,
  chainId: string,
  height: bigint,
): Promise<MarketHeader | undefined> {
  const found = await sql<MarketHeader>`
    select height, header, header_hash as "headerHash", tree_size as "treeSize", certificate
    from market_header where chain_id = ${chainId} and height = ${height}`.execute(db);
  return found.rows[0];
}

/** The first accepted header of each of these tree sizes that there is one of. */
export async function headersOfSizes(
  db: Executor,
  chainId: string,
  treeSizes: readonly bigint[],
): Promise<readonly MarketHeader[]> {
  const found = await sql<MarketHeader>`
    select distinct on (tree_size) height, header, header_hash as "headerHash",
      tree_size as "treeSize", certificate
    from market_header where chain_id = ${chainId} and tree_size = any(${treeSizes}::bigint[])
    order by tree_size, height`.execute(db);
  return found.rows;
}

export interface Lane {
  readonly lane: LaneName;
  readonly lastSequence: bigint;
  readonly lastPacketHash: Uint8Array;
  readonly frozenReason: string | null;
}

const laneColumns = sql.raw(`lane, last_sequence as "lastSequence",
  last_packet_hash as "lastPacketHash", frozen_reason as "frozenReason"`);

/** In one order, so that nobody waits for another who waits. */
export async function lockLanes(tx: Executor, chainId: string): Promise<readonly Lane[]> {
  const found = await sql<Lane>`
    select ${laneColumns} from lane where chain_id = ${chainId} order by lane
    for update`.execute(tx);
  return found.rows;
}

export async function listLanes(db: Executor, chainId: string): Promise<readonly Lane[]> {
  const found = await sql<Lane>`
    select ${laneColumns} from lane where chain_id = ${chainId} order by lane`.execute(db);
  return found.rows;
}

export async function advanceLanes(
  tx: Executor,
  chainId: string,
  heads: readonly {
    readonly lane: LaneName;
    readonly sequence: bigint;
    readonly packetHash: Uint8Array;
  }[],
): Promise<void> {
  if (heads.length === 0) return;
  await sql`
    update lane set last_sequence = head.sequence, last_packet_hash = head.packet_hash
    from unnest(${heads.map(({ lane }) => lane)}::text[],
      ${heads.map(({ sequence }) => sequence)}::bigint[],
      ${heads.map(({ packetHash }) => Buffer.from(packetHash))}::bytea[])
      as head (lane, sequence, packet_hash)
    where lane.chain_id = ${chainId} and lane.lane = head.lane`.execute(tx);
}

export async function freezeLane(
  tx: Executor,
  chainId: string,
  lane: string,
  reason: string,
): Promise<void> {
  await sql`
    update lane set frozen_reason = ${reason}
    where chain_id = ${chainId} and lane = ${lane}`.execute(tx);
}
