/** Agreement documents: stored encrypted, known by the SM3 digest of what was uploaded. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface AgreementDocument {
  readonly id: Uuid;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sm3: string;
}

export async function insertDocument(
  tx: Executor,
  document: AgreementDocument,
  stored: {
    readonly cipher: Uint8Array;
    readonly uploadedBy: string;
    readonly uploadedAt: Instant;
  },
): Promise<void> {
  const { id, fileName, sizeBytes, sm3 } = document;
  await sql`
    insert into document (id, file_name, size_bytes, sm3, content_cipher, uploaded_by, uploaded_at)
    values (${id}, ${fileName}, ${sizeBytes}, ${sm3}, ${stored.cipher}, ${stored.uploadedBy},
      ${stored.uploadedAt})`.execute(tx);
}

export async function findDocument(
  db: Executor,
  id: string,
): Promise<AgreementDocument | undefined> {
  const found = await sql<AgreementDocument>`
    select id, file_name as "fileName", size_bytes as "sizeBytes", sm3 from document
    where id = ${id}`.execute(db);
  return found.rows[0];
}

export async function readDocumentCipher(
  db: Executor,
  id: string,
): Promise<Uint8Array | undefined> {
  const found = await sql<{ cipher: Uint8Array }>`
    select content_cipher as cipher from document where id = ${id}`.execute(db);
  return found.rows[0]?.cipher;
}
