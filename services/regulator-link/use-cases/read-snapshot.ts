// Opens stored snapshots for those who may read them, and puts together what proves them.
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { ProofBundle } from '#libs/proof/proof-bundle.ts';
import { toBase64 } from '#libs/lane-messages/envelope.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { parseSnapshot } from '#libs/proof/sealed-object.ts';
import { ok, present, type Result } from '#libs/result/result.ts';
import { openSnapshot, ownerName } from '../keys/data-keys.ts';
import { hashesIn } from '../lanes/outgoing.ts';
import { findOwnerKeys } from '../repositories/owner-key-repository.ts';
import {
  findFinalSnapshot,
  findSnapshot,
  type SnapshotRow,
} from '../repositories/snapshot-queries.ts';

export interface SnapshotAsked {
  readonly objectId: string;
  readonly version: number;
  readonly revision: number | undefined;
}

export interface SnapshotRead {
  readonly snapshot: Uint8Array;
  readonly snapshotHash: Uint8Array;
  readonly revision: number;
}

/** The sealed bytes; undefined when a key of theirs was destroyed. */
export async function openRow(
  db: Executor,
  recordKek: Uint8Array,
  row: SnapshotRow,
): Promise<Uint8Array | undefined> {
  const owner = { kind: row.key_owner_kind, id: row.key_owner_id };
  const ownerKey = (await findOwnerKeys(db, recordKek, [owner])).get(ownerName(owner));
  if (ownerKey === undefined) return undefined;
  const key = { objectId: row.object_id, version: row.version, revision: row.revision };
  const stored = { wrappedKey: row.wrapped_key, sealed: row.sealed };
  return present(openSnapshot(ownerKey, key, stored), 'a snapshot that was stored here').snapshot;
}

/** Audited in the transaction of the read. Errors: not-found. */
export async function readSnapshot(
  db: Database<unknown>,
  recordKek: Uint8Array,
  context: ActingContext,
  asked: SnapshotAsked,
): Promise<Result<SnapshotRead, Refusal<'not-found'>>> {
  const { objectId, version, revision } = asked;
  return await inTransaction(db, 'read committed', async (tx) => {
    const row = await findFinalSnapshot(tx, objectId, version, revision);
    const snapshot = row === undefined ? undefined : await openRow(tx, recordKek, row);
    if (row === undefined || snapshot === undefined) return refuse('not-found');
    await recordAudit(tx, context, {
      action: 'snapshot-read',
      target: `object:${objectId}/${version}`,
      detail: { revision: row.revision },
    });
    return ok({ snapshot, snapshotHash: row.snapshot_hash, revision: row.revision });
  });
}

type ProofRefusal = Refusal<'not-found' | 'object-not-on-chain'>;

/** Audited in the transaction of the read. Errors: not-found, object-not-on-chain. */
export async function readProof(
  db: Database<unknown>,
  deps: { readonly recordKek: Uint8Array; readonly chainId: string },
  context: ActingContext,
  asked: SnapshotAsked,
): Promise<Result<ProofBundle, ProofRefusal>> {
  const { objectId, version, revision } = asked;
  return await inTransaction<unknown, ProofBundle, ProofRefusal>(
    db,
    'read committed',
    async (tx) => {
      const row = await findSnapshot(tx, objectId, version, revision);
      if (row === undefined) return refuse('not-found');
      const snapshot = await openRow(tx, deps.recordKek, row);
      if (snapshot === undefined) return refuse('not-found');
      const bundle = toBundle(deps.chainId, row, snapshot);
      if (bundle === undefined) {
        return refuse('object-not-on-chain', { objectId, version: version.toString() });
      }
      await recordAudit(tx, context, {
        action: 'proof-read',
        target: `object:${objectId}/${version}`,
        detail: { revision: row.revision },
      });
      return ok(bundle);
    },
  );
}

/** Undefined while the record is not final. */
export function toBundle(
  chainId: string,
  row: SnapshotRow,
  snapshot: Uint8Array,
): ProofBundle | undefined {
  const { record, header, certificate, leaf_index: leafIndex, tree_size: treeSize } = row;
  const path = row.inclusion_path;
  if (record === null || header === null || certificate === null) return undefined;
  if (leafIndex === null || treeSize === null || path === null) return undefined;
  return {
    version: '1',
    chainId,
    record: toBase64(record),
    snapshot: toBase64(snapshot),
    header: toBase64(header),
    certificate,
    leafIndex: leafIndex.toString(),
    treeSize: treeSize.toString(),
    inclusionPath: hashesIn(path),
    ...(row.message === null ? {} : { result: parseMessage(row.message) }),
  };
}

function parseMessage(message: Uint8Array): Readonly<Record<string, unknown>> {
  return present(parseSnapshot(message), 'a stored message is canonical JSON');
}
