/** Packets taken, with their verdicts. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { KnownVersions } from '../domain/judge-object.ts';

export interface Packet {
  readonly chainId: string;
  readonly lane: string;
  readonly sequence: bigint;
  readonly packetHash: Uint8Array;
  readonly recordHash: Uint8Array;
  readonly record: Uint8Array;
  readonly leafIndex: bigint;
  readonly height: bigint;
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
  readonly class: string;
  readonly operation: string;
  readonly snapshotHash: Uint8Array;
  /** Encrypted under the store's key. */
  readonly snapshot: Uint8Array;
  readonly verdict: 'ACCEPTED' | 'REJECTED';
  readonly code: string | null;
  readonly field: string | null;
  readonly via: 'lane' | 'pull';
}

const columns = sql.raw(`chain_id as "chainId", lane, sequence, packet_hash as "packetHash",
  record_hash as "recordHash", record, leaf_index as "leafIndex", height,
  object_id as "objectId", version, revision, class, operation,
  snapshot_hash as "snapshotHash", snapshot, verdict, code, field, via`);

export async function insertPacket(tx: Executor, packet: Packet, now: Instant): Promise<void> {
  const p = packet;
  await sql`
    insert into packet (chain_id, lane, sequence, packet_hash, record_hash, record, leaf_index,
      height, object_id, version, revision, class, operation, snapshot_hash, snapshot, verdict,
      code, field, via, taken_at, digest)
    values (${p.chainId}, ${p.lane}, ${p.sequence}, ${p.packetHash}, ${p.recordHash}, ${p.record},
      ${p.leafIndex}, ${p.height}, ${p.objectId}, ${p.version}, ${p.revision}, ${p.class},
      ${p.operation}, ${p.snapshotHash}, ${p.snapshot}, ${p.verdict}, ${p.code}, ${p.field},
      ${p.via}, ${now}, ''::bytea)`.execute(tx);
}

export async function findPacket(
  db: Executor,
  chainId: string,
  lane: string,
  sequence: bigint,
): Promise<Packet | undefined> {
  const found = await sql<Packet>`
    select ${columns} from packet
    where chain_id = ${chainId} and lane = ${lane} and sequence = ${sequence}`.execute(db);
  return found.rows[0];
}

/** The newest revision of one version of an object. */
export async function findObjectVersion(
  db: Executor,
  objectId: string,
  version: number,
): Promise<Packet | undefined> {
  const found = await sql<Packet>`
    select ${columns} from packet where object_id = ${objectId} and version = ${version}
    order by revision desc limit 1`.execute(db);
  return found.rows[0];
}

export async function knownVersions(
  db: Executor,
  objectId: string,
  version: number,
): Promise<KnownVersions> {
  const found = await sql<{ highest: number | null; revision: number | null; deleted: boolean }>`
    select max(version) as highest,
      max(revision) filter (where version = ${version}) as revision,
      coalesce(bool_or(operation = 'delete' and verdict = 'ACCEPTED'), false) as deleted
    from packet where object_id = ${objectId}`.execute(db);
  const row = found.rows[0];
  return {
    highest: row?.highest ?? undefined,
    revision: row?.revision ?? undefined,
    isDeleted: row?.deleted ?? false,
  };
}

/** Which of these `<objectId>/<version>` were taken, accepted or rejected. */
export async function presentReferences(
  db: Executor,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await sql<{ reference: string }>`
    select distinct object_id || '/' || version as reference from packet
    where (object_id, version) in (
      select split_part(r, '/', 1), split_part(r, '/', 2)::integer
      from unnest(${references}::text[]) as r)`.execute(db);
  return new Set(found.rows.map(({ reference }) => reference));
}

export interface AcceptedRow {
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
  readonly snapshotHash: Uint8Array;
  readonly verdict: string;
}

/** Every object revision taken, in a fixed order, page by page. */
export async function objectsAfter(
  db: Executor,
  after: readonly [string, number, number],
  limit: number,
): Promise<readonly AcceptedRow[]> {
  const [objectId, version, revision] = after;
  const found = await sql<AcceptedRow>`
    select object_id as "objectId", version, revision, snapshot_hash as "snapshotHash", verdict
    from packet
    where (object_id, version, revision) > (${objectId}, ${version}::int, ${revision}::int)
    order by object_id, version, revision limit ${limit}`.execute(db);
  return found.rows;
}

/** Newest first, by the time they were taken; `before` is the leaf index of the last row shown. */
export async function listPackets(
  db: Executor,
  filter: { readonly verdict: string | undefined; readonly before: string | undefined },
  limit: number,
): Promise<readonly Packet[]> {
  const { verdict = null, before = null } = filter;
  const found = await sql<Packet>`
    select ${columns} from packet
    where (${verdict}::text is null or verdict = ${verdict})
      and (${before}::bigint is null or leaf_index < ${before}::bigint)
    order by leaf_index desc limit ${limit}`.execute(db);
  return found.rows;
}

export async function countPackets(
  db: Executor,
): Promise<{ readonly accepted: number; readonly rejected: number }> {
  const found = await sql<{ accepted: number; rejected: number }>`
    select count(*) filter (where verdict = 'ACCEPTED')::int as accepted,
      count(*) filter (where verdict = 'REJECTED')::int as rejected from packet`.execute(db);
  return found.rows[0] ?? { accepted: 0, rejected: 0 };
}
