/** The supervisory side's own chain: verdicts as leaves, signed blocks, messages going down. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import type { CertificateEntryJson } from '#libs/proof/certificate.ts';
import type { TreeNode } from '#libs/proof/right-edge.ts';
import type { NodeCoordinate } from '#libs/proof/tree-path.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface VerdictLeaf {
  readonly leafIndex: bigint;
  readonly chainId: string;
  readonly lane: LaneName;
  readonly sequence: bigint;
  readonly record: Uint8Array;
  readonly leafHash: Uint8Array;
}

export interface Block {
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly treeSize: bigint;
  readonly certificate: readonly CertificateEntryJson[];
}

const leafColumns =
  sql.raw(`leaf_index as "leafIndex", chain_id as "chainId", lane, sequence, record,
  leaf_hash as "leafHash"`);

/**
 * Headers and records are taken one transaction after the other, pushed or pulled: no two hold rows
 * that the other waits for. To be held before any row; ends with the transaction.
 */
export async function lockTaking(tx: Executor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('supervisory-taking'))`.execute(tx);
}

/** Leaves are numbered without gaps, in the given order; under `lockTaking`. */
export async function appendVerdicts(
  tx: Executor,
  verdicts: readonly Omit<VerdictLeaf, 'leafIndex'>[],
  now: Instant,
): Promise<void> {
  await sql`
    insert into verdict (leaf_index, chain_id, lane, sequence, record, leaf_hash, given_at)
    select (select coalesce(max(leaf_index), -1) from verdict) + n.place, n.chain_id, n.lane,
      n.sequence, n.record, n.leaf_hash, ${now}::timestamptz
    from unnest(${verdicts.map(({ chainId }) => chainId)}::text[],
      ${verdicts.map(({ lane }) => lane)}::text[],
      ${verdicts.map(({ sequence }) => sequence)}::bigint[],
      ${verdicts.map(({ record }) => Buffer.from(record))}::bytea[],
      ${verdicts.map(({ leafHash }) => Buffer.from(leafHash))}::bytea[])
      with ordinality as n (chain_id, lane, sequence, record, leaf_hash, place)`.execute(tx);
}

export async function lastBlock(db: Executor): Promise<Block | undefined> {
  const found = await sql<Block>`
    select height, header, header_hash as "headerHash", tree_size as "treeSize", certificate
    from block order by height desc limit 1`.execute(db);
  return found.rows[0];
}

export async function leavesFrom(
  db: Executor,
  from: bigint,
  limit: number,
): Promise<readonly VerdictLeaf[]> {
  const found = await sql<VerdictLeaf>`
    select ${leafColumns} from verdict where leaf_index >= ${from}
    order by leaf_index limit ${limit}`.execute(db);
  return found.rows;
}

/** Perfect nodes by coordinate; level 0 are the leaves. */
export async function findNodes(
  db: Executor,
  coordinates: readonly NodeCoordinate[],
): Promise<(coordinate: NodeCoordinate) => Uint8Array> {
  const levels = coordinates.map(({ level }) => level);
  const indexes = coordinates.map(({ index }) => index);
  const found = await sql<{ level: number; index: bigint; hash: Uint8Array }>`
    with wanted as (
      select * from unnest(${levels}::int[], ${indexes}::bigint[]) as w (level, index)
    )
    select level, index, n.hash from wanted join tree_node n using (level, index)
    union all
    select 0, v.leaf_index, v.leaf_hash from wanted w join verdict v on v.leaf_index = w.index
    where w.level = 0`.execute(db);
  const hashes = new Map(found.rows.map((node) => [`${node.level}/${node.index}`, node.hash]));
  return ({ level, index }) => {
    const hash = hashes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`the tree lacks node ${level}/${index}`);
    return hash;
  };
}

export async function insertNodes(tx: Executor, nodes: readonly TreeNode[]): Promise<void> {
  if (nodes.length === 0) return;
  await sql`
    insert into tree_node (level, index, hash)
    select * from unnest(${nodes.map(({ level }) => level)}::int[],
      ${nodes.map(({ index }) => index)}::bigint[],
      ${nodes.map(({ hash }) => Buffer.from(hash))}::bytea[])`.execute(tx);
}

export async function insertBlock(tx: Executor, block: Block, now: Instant): Promise<void> {
  await sql`
    insert into block (height, header, header_hash, tree_size, certificate, made_at)
    values (${block.height}, ${block.header}, ${block.headerHash}, ${block.treeSize},
      ${JSON.stringify(block.certificate)}::jsonb, ${now})`.execute(tx);
}

export interface Outgoing {
  readonly topic: string;
  readonly key: string;
  readonly message: Uint8Array;
  readonly chainId: string;
  /** A RESULT names its packet, so that a repeated packet gets the very same answer. */
  readonly result?: { readonly lane: string; readonly sequence: bigint };
}

/** Sent in the given order. */
export async function queueOutgoing(
  tx: Executor,
  messages: readonly Outgoing[],
  now: Instant,
): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    insert into outgoing (topic, key, message, chain_id, lane, sequence, made_at)
    select n.topic, n.key, n.message, n.chain_id, n.lane, n.sequence, ${now}::timestamptz
    from unnest(${messages.map(({ topic }) => topic)}::text[],
      ${messages.map(({ key }) => key)}::text[],
      ${messages.map(({ message }) => Buffer.from(message))}::bytea[],
      ${messages.map(({ chainId }) => chainId)}::text[],
      ${messages.map(({ result }) => result?.lane ?? null)}::text[],
      ${messages.map(({ result }) => result?.sequence ?? null)}::bigint[])
      with ordinality as n (topic, key, message, chain_id, lane, sequence, place)
    order by n.place`.execute(tx);
  await sql`select pg_notify('supervisory_outgoing', '')`.execute(tx);
}

export interface UnsentMessage {
  readonly id: bigint;
  readonly topic: string;
  readonly key: string;
  readonly message: Uint8Array;
}

export async function unsentMessages(
  db: Executor,
  limit: number,
): Promise<readonly UnsentMessage[]> {
  const found = await sql<UnsentMessage>`
    select id, topic, key, message from outgoing where sent_at is null
    order by id limit ${limit}`.execute(db);
  return found.rows;
}

export async function markSent(tx: Executor, ids: readonly bigint[], now: Instant): Promise<void> {
  await sql`update outgoing set sent_at = ${now} where id = any(${ids}::bigint[])`.execute(tx);
}

export interface SignedResult {
  readonly sequence: bigint;
  readonly message: Uint8Array;
}

/** The answers to packets of a lane, in order and whether sent or not. */
export async function resultsOf(
  db: Executor,
  chainId: string,
  range: { readonly lane: string; readonly from: bigint; readonly to: bigint },
  limit: number,
): Promise<readonly SignedResult[]> {
  const found = await sql<SignedResult>`
    select sequence, message from outgoing where chain_id = ${chainId} and lane = ${range.lane}
      and sequence between ${range.from} and ${range.to}
    order by sequence limit ${limit}`.execute(db);
  return found.rows;
}

/** Sends the answers to these packets again. */
export async function sendResultsAgain(
  tx: Executor,
  chainId: string,
  places: readonly { readonly lane: LaneName; readonly sequence: bigint }[],
): Promise<void> {
  await sql`
    update outgoing set sent_at = null where id in (
      select id from outgoing join unnest(${places.map(({ lane }) => lane)}::text[],
        ${places.map(({ sequence }) => sequence)}::bigint[]) as asked (lane, sequence)
        using (lane, sequence)
      where chain_id = ${chainId} and sent_at is not null
      order by id for update of outgoing skip locked)`.execute(tx);
  await sql`select pg_notify('supervisory_outgoing', '')`.execute(tx);
}

/** Sends the answers to all packets of a part of a lane again. */
export async function sendLaneAgain(
  tx: Executor,
  chainId: string,
  range: { readonly lane: LaneName; readonly from: bigint; readonly to: bigint },
): Promise<void> {
  await sql`
    update outgoing set sent_at = null where id in (
      select id from outgoing where chain_id = ${chainId} and lane = ${range.lane}
        and sequence between ${range.from} and ${range.to} and sent_at is not null
      order by id for update skip locked)`.execute(tx);
  await sql`select pg_notify('supervisory_outgoing', '')`.execute(tx);
}
