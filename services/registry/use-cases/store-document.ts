/** uploadDocument: bytes stored once, named by their digest. */
import type { Executor } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { type Document, insertDocument } from '../repositories/document-repository.ts';
import { type Act, audit, type RegistrySetting } from './act.ts';

export interface StoreDocument {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** Errors: document-empty. */
export async function storeDocument(
  tx: Executor,
  { cipher }: RegistrySetting,
  act: Act,
  { fileName, bytes }: StoreDocument,
) {
  if (bytes.length === 0) return refuse('document-empty');
  const document: Document = {
    documentId: newUuid(),
    fileName,
    sizeBytes: bytes.length,
    sm3: sm3Hex(bytes),
  };
  const uploadedBy = actorKey(act.actor);
  await insertDocument(tx, cipher, { ...document, bytes, uploadedBy, recordedAt: act.now });
  const { documentId, sizeBytes, sm3 } = document;
  const target = `document:${documentId}`;
  await audit(tx, act, { action: 'document-stored', target, detail: { sizeBytes, sm3 } });
  return ok(document);
}
