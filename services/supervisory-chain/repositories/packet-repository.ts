/** Packets taken, with their verdicts. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { LaneName } from '#libs/proof/record-frame.ts';
import type { Instant } from '#libs/time/instant.ts';

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

/** In the given order. */
export async function insertPackets(
  tx: Executor,
  packets: readonly Packet[],
  now: Instant,
): Promise<void> {
  const each = <T>(value: (packet: Packet) => T): readonly T[] => packets.map(value);
  const bytes = (value: (packet: Packet) => Uint8Array): readonly Buffer[] =>
    packets.map((packet) => Buffer.from(value(packet)));
  await sql`
    insert into packet (chain_id, lane, sequence, packet_hash, record_hash, record, leaf_index,
      height, object_id, version, revision, class, operation, snapshot_hash, snapshot, verdict,
      code, field, via, taken_at, digest)
    select p.*, ${now}::timestamptz, ''::bytea
    from unnest(${each((p) => p.chainId)}::text[], ${each((p) => p.lane)}::text[],
      ${each((p) => p.sequence)}::bigint[], ${bytes((p) => p.packetHash)}::bytea[],
      ${bytes((p) => p.recordHash)}::bytea[], ${bytes((p) => p.record)}::bytea[],
      ${each((p) => p.leafIndex)}::bigint[], ${each((p) => p.height)}::bigint[],
      ${each((p) => p.objectId)}::text[], ${each((p) => p.version)}::integer[],
      ${each((p) => p.revision)}::integer[], ${each((p) => p.class)}::text[],
      ${each((p) => p.operation)}::text[], ${bytes((p) => p.snapshotHash)}::bytea[],
      ${bytes((p) => p.snapshot)}::bytea[], ${each((p) => p.verdict)}::text[],
      ${each((p) => p.code)}::text[], ${each((p) => p.field)}::text[],
      ${each((p) => p.via)}::text[]) as p`.execute(tx);
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

/** The packet hashes at these places of the lanes. */
export async function packetHashesAt(
  db: Executor,
  chainId: string,
  places: readonly { readonly lane: LaneName; readonly sequence: bigint }[],
): Promise<readonly { lane: LaneName; sequence: bigint; packetHash: Uint8Array }[]> {
  if (places.length === 0) return [];
  const found = await sql<{ lane: LaneName; sequence: bigint; packetHash: Uint8Array }>`
    select lane, sequence, packet_hash as "packetHash"
    from unnest(${places.map(({ lane }) => lane)}::text[],
      ${places.map(({ sequence }) => sequence)}::bigint[]) as asked (lane, sequence)
    join packet using (lane, sequence) where chain_id = ${chainId}`.execute(db);
  return found.rows;
}

export interface ObjectVersion {
  readonly objectId: string;
  readonly version: number;
}

export interface TakenObjects {
  /** Highest version taken, by object id. */
  readonly highest: ReadonlyMap<string, number>;
  readonly deleted: ReadonlySet<string>;
  /** Highest revision of the version asked about, by `<objectId>/<version>`. */
  readonly revisions: ReadonlyMap<string, number>;
}

export async function takenObjects(
  db: Executor,
  asked: readonly ObjectVersion[],
): Promise<TakenObjects> {
  const found = await sql<{
    objectId: string;
    version: number;
    highest: number | null;
    revision: number | null;
    isDeleted: boolean;
  }>`
    select object_id as "objectId", version,
      (select max(p.version) from packet p where p.object_id = asked.object_id) as highest,
      (select max(p.revision) from packet p
        where p.object_id = asked.object_id and p.version = asked.version) as revision,
      exists (select from packet p where p.object_id = asked.object_id
        and p.operation = 'delete' and p.verdict = 'ACCEPTED') as "isDeleted"
    from (select distinct * from unnest(${asked.map(({ objectId }) => objectId)}::text[],
      ${asked.map(({ version }) => version)}::integer[]) as a (object_id, version)) asked`.execute(
    db,
  );
  const highest = new Map<string, number>();
  const deleted = new Set<string>();
  const revisions = new Map<string, number>();
  for (const row of found.rows) {
    if (row.highest !== null) highest.set(row.objectId, row.highest);
    if (row.isDeleted) deleted.add(row.objectId);
    if (row.revision !== null) revisions.set(`${row.objectId}/${row.version}`, row.revision);
  }
  return { highest, deleted, revisions };
}

/** The newest revision of each of these versions that was taken. */
export async function newestRevisions(
  db: Executor,
  versions: readonly ObjectVersion[],
): Promise<readonly Packet[]> {
  if (versions.length === 0) return [];
  const found = await sql<Packet>`
    select distinct on (object_id, version) ${columns} from packet
    join unnest(${versions.map(({ objectId }) => objectId)}::text[],
      ${versions.map(({ version }) => version)}::integer[]) as asked (object_id, version)
      using (object_id, version)
    order by object_id, version, revision desc`.execute(db);
  return found.rows;
}

/** Which of these `<objectId>/<version>` were taken, accepted or rejected. */
export async function presentReferences(
  db: Executor,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  if (references.length === 0) return new Set();
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
