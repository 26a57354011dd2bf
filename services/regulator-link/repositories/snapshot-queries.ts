// What proves an object version, and its sealed bytes: only what is final on the chain.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { CertificateEntryJson } from '#libs/proof/certificate.ts';
import type { KeyOwner } from '../keys/data-keys.ts';

export interface SnapshotRow {
  readonly object_id: string;
  readonly version: number;
  readonly revision: number;
  readonly key_owner_kind: KeyOwner['kind'];
  readonly key_owner_id: string;
  readonly wrapped_key: Uint8Array;
  readonly sealed: Uint8Array;
  readonly snapshot_hash: Uint8Array;
  readonly record: Uint8Array | null;
  readonly header: Uint8Array | null;
  readonly certificate: CertificateEntryJson[] | null;
  readonly leaf_index: bigint | null;
  readonly tree_size: bigint | null;
  readonly inclusion_path: Uint8Array | null;
  readonly message: Uint8Array | null;
}

const COLUMNS = `
  select s.object_id, s.version, s.revision, s.key_owner_kind, s.key_owner_id::text as key_owner_id,
         s.wrapped_key, s.sealed, s.snapshot_hash, p.record, h.header, h.certificate, g.leaf_index,
         h.tree_size, g.inclusion_path, r.message
    from sealed_object s
    left join packet p using (object_id, version, revision)
    left join packet_progress g on g.lane = p.lane and g.sequence = p.sequence
    left join chain_header h on h.height = g.height and g.state <> 'queued'
    left join receipt r on r.lane = p.lane and r.sequence = p.sequence`;

const FIND = `${COLUMNS}
   where s.object_id = $1 and s.version = $2 and ($3::integer is null or s.revision = $3)
   order by s.revision desc limit 1`;

/** Of the revision, or of the latest. */
export async function findSnapshot(
  db: Executor,
  objectId: string,
  version: number,
  revision: number | undefined,
): Promise<SnapshotRow | undefined> {
  const values = [objectId, version, revision ?? null];
  const [row] = await prepared<SnapshotRow>(db, 'link_find_snapshot', FIND, values);
  return row;
}

const FINAL = `${COLUMNS}
   where s.object_id = $1 and s.version = $2 and ($3::integer is null or s.revision = $3)
     and h.header is not null
   order by s.revision desc limit 1`;

/** As findSnapshot, but only of what is final on the chain. */
export async function findFinalSnapshot(
  db: Executor,
  objectId: string,
  version: number,
  revision: number | undefined,
): Promise<SnapshotRow | undefined> {
  const values = [objectId, version, revision ?? null];
  const [row] = await prepared<SnapshotRow>(db, 'link_final_snapshot', FINAL, values);
  return row;
}

const PAGE = `${COLUMNS}
   where (s.object_id, s.version, s.revision) > ($1, $2, $3)
   order by s.object_id, s.version, s.revision limit $4`;

/** All sealed objects by key, for export. */
export function snapshotsAfter(
  db: Executor,
  after: { readonly objectId: string; readonly version: number; readonly revision: number },
  limit: number,
): Promise<SnapshotRow[]> {
  const { objectId, version, revision } = after;
  return prepared<SnapshotRow>(db, 'link_snapshots_after', PAGE, [
    objectId,
    version,
    revision,
    limit,
  ]);
}

const LATEST = `
  select max(p.version) as version from packet p
    join packet_progress g on g.lane = p.lane and g.sequence = p.sequence
   where p.object_id = $1 and g.state <> 'queued'`;

export async function latestFinalVersion(
  db: Executor,
  objectId: string,
): Promise<number | undefined> {
  const [row] = await prepared<{ version: number | null }>(db, 'link_latest_version', LATEST, [
    objectId,
  ]);
  return row?.version ?? undefined;
}
