/** Rows of stored documents; their bytes rest encrypted. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { PersonalCipher } from './personal-cipher.ts';

export interface Document {
  readonly documentId: Uuid;
  readonly fileName: string;
  readonly sizeBytes: number;
  /** SM3 of the plain bytes. */
  readonly sm3: string;
}

export interface DocumentToInsert extends Document {
  readonly bytes: Uint8Array;
  readonly uploadedBy: string;
  readonly recordedAt: Instant;
}

interface DocumentRow {
  readonly id: Uuid;
  readonly file_name: string;
  readonly size_bytes: number;
  readonly sm3: string;
}

export async function insertDocument(
  tx: Executor,
  cipher: PersonalCipher,
  document: DocumentToInsert,
): Promise<void> {
  const text = `
    insert into document (id, file_name, media_type, size_bytes, sm3, content_cipher, uploaded_by,
      recorded_at)
    values ($1, $2, 'application/octet-stream', $3, $4, $5, $6, $7)`;
  await prepared(tx, 'document_insert', text, [
    document.documentId,
    document.fileName,
    document.sizeBytes,
    document.sm3,
    cipher.seal(place(document.documentId), Buffer.from(document.bytes).toString('base64')),
    document.uploadedBy,
    document.recordedAt,
  ]);
}

export async function findDocument(
  db: Executor,
  documentId: string,
): Promise<Document | undefined> {
  const text = 'select id, file_name, size_bytes, sm3 from document where id = $1';
  const [row] = await prepared<DocumentRow>(db, 'document_find', text, [documentId]);
  if (row === undefined) return undefined;
  const { id, file_name: fileName, size_bytes: sizeBytes, sm3 } = row;
  return { documentId: id, fileName, sizeBytes, sm3 };
}

export async function documentBytes(
  db: Executor,
  cipher: PersonalCipher,
  documentId: string,
): Promise<Uint8Array | undefined> {
  const text = 'select content_cipher from document where id = $1';
  const [row] = await prepared<{ content_cipher: Buffer }>(db, 'document_bytes', text, [
    documentId,
  ]);
  if (row === undefined) return undefined;
  return Buffer.from(cipher.open(place(documentId), row.content_cipher), 'base64');
}

function place(documentId: string) {
  return { table: 'document', column: 'content', rowId: documentId };
}
