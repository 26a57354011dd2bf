/** What of the packets had been taken when one of them was judged: those with an earlier verdict. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { openRecord } from '#libs/envelope/record.ts';
import type { ObjectFrame } from '#libs/proof/record-frame.ts';
import { parseSnapshot } from '#libs/proof/sealed-object.ts';
import { snapshotPlace } from '../codecs/stored-object.ts';
import type { KnownVersions } from '../domain/judge-object.ts';
import type { FsckParts } from './parts.ts';

const VERSIONS = `
  select max(p.version) as highest, max(p.revision) filter (where p.version = $2) as revision,
         coalesce(bool_or(p.operation = 'delete' and p.verdict = 'ACCEPTED'), false) as deleted
    from packet p join verdict v using (chain_id, lane, sequence)
   where p.object_id = $1 and v.leaf_index < $3`;

export async function versionsBefore(
  db: Executor,
  { objectId, version }: ObjectFrame,
  leafIndex: bigint,
): Promise<KnownVersions> {
  const [row] = await prepared<{
    highest: number | null;
    revision: number | null;
    deleted: boolean;
  }>(db, 'fsck_versions', VERSIONS, [objectId, version, leafIndex]);
  return {
    highest: row?.highest ?? undefined,
    revision: row?.revision ?? undefined,
    isDeleted: row?.deleted ?? false,
  };
}

const REFERENCES = `
  select distinct p.object_id || '/' || p.version as reference
    from packet p join verdict v using (chain_id, lane, sequence)
   where (p.object_id, p.version) in (
           select split_part(r, '/', 1), split_part(r, '/', 2)::integer
             from unnest($1::text[]) as r)
     and v.leaf_index < $2`;

export async function referencesBefore(
  db: Executor,
  references: readonly string[],
  leafIndex: bigint,
): Promise<ReadonlySet<string>> {
  if (references.length === 0) return new Set();
  const values = [references, leafIndex];
  const rows = await prepared<{ reference: string }>(db, 'fsck_references', REFERENCES, values);
  return new Set(rows.map(({ reference }) => reference));
}

const PREVIOUS = `
  select p.verdict, p.record_hash, p.snapshot
    from packet p join verdict v using (chain_id, lane, sequence)
   where p.object_id = $1 and p.version = $2 and v.leaf_index < $3
   order by p.revision desc limit 1`;

/** The version before as it stood then; undefined where there is none. */
export async function objectBefore(
  db: Executor,
  { storeKey }: FsckParts,
  { objectId, version }: ObjectFrame,
  leafIndex: bigint,
): Promise<RegulatorObject | 'rejected' | undefined> {
  if (version === 0) return undefined;
  const [row] = await prepared<{
    verdict: string;
    record_hash: Uint8Array;
    snapshot: Uint8Array;
  }>(db, 'fsck_previous', PREVIOUS, [objectId, version - 1, leafIndex]);
  if (row === undefined) return undefined;
  if (row.verdict === 'REJECTED') return 'rejected';
  const associatedData = snapshotPlace(row.record_hash);
  const bytes = openRecord({ dataKey: storeKey, associatedData, sealed: row.snapshot });
  const object = bytes === undefined ? undefined : parseSnapshot(bytes);
  // One that does not open any more is told of where it is judged itself.
  return object === undefined ? 'rejected' : (object as unknown as RegulatorObject);
}
