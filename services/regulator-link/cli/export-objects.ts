// Writes every object version as its sealed JSON, and the proof of one of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnchorJson } from '#libs/proof/anchor.ts';
import {
  findFinalSnapshot,
  latestFinalVersion,
  snapshotsAfter,
} from '../repositories/snapshot-queries.ts';
import { openRow, toBundle } from '../use-cases/read-snapshot.ts';
import { CommandFailure } from '#libs/installation/command.ts';
import type { OpenedStore } from './open-store.ts';
import { writeProofFiles } from './proof-files.ts';

const PAGE = 200;

export interface Exported {
  readonly written: number;
  /** Their keys were destroyed. */
  readonly unreadable: number;
}

/** Files are named <object id>.<version>.<revision>.json and hold the exact sealed bytes. */
export async function exportObjects(store: OpenedStore, folder: string): Promise<Exported> {
  mkdirSync(folder, { recursive: true });
  let after = { objectId: '', version: 0, revision: 0 };
  let written = 0;
  let unreadable = 0;
  for (;;) {
    const rows = await snapshotsAfter(store.db, after, PAGE);
    for (const row of rows) {
      const { object_id: objectId, version, revision } = row;
      after = { objectId, version, revision };
      const snapshot = await openRow(store.db, store.recordKek, row);
      if (snapshot === undefined) {
        unreadable += 1;
        continue;
      }
      writeFileSync(join(folder, `${objectId}.${version}.${revision}.json`), snapshot);
      written += 1;
    }
    if (rows.length < PAGE) return { written, unreadable };
  }
}

const ID = /^([A-Z]{3}-[0-9a-f-]{36})(?:\/([0-9]{1,9}))?(?:\/([0-9]{1,9}))?$/;

/** `id` is an object id, with a version and a revision if wished. Errors (thrown): CommandFailure. */
export async function exportProof(
  store: OpenedStore,
  order: {
    readonly id: string;
    readonly folder: string;
    readonly chainId: string;
    readonly anchor: AnchorJson;
  },
): Promise<string[]> {
  const { id, folder, chainId, anchor } = order;
  const [, objectId, version, revision] = ID.exec(id) ?? [];
  if (objectId === undefined) throw new CommandFailure(`${id} is not an object id`);
  const wanted =
    version === undefined
      ? await latestFinalVersion(store.db, objectId)
      : Number.parseInt(version, 10);
  const row =
    wanted === undefined
      ? undefined
      : await findFinalSnapshot(
          store.db,
          objectId,
          wanted,
          revision === undefined ? undefined : Number.parseInt(revision, 10),
        );
  if (row === undefined) throw new CommandFailure(`${id} is not on the chain`);
  const snapshot = await openRow(store.db, store.recordKek, row);
  if (snapshot === undefined) throw new CommandFailure(`the key of ${id} was destroyed`);
  const bundle = toBundle(chainId, row, snapshot);
  if (bundle === undefined) throw new CommandFailure(`${id} is not on the chain`);
  return writeProofFiles(folder, bundle, anchor);
}
