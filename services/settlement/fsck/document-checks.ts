/** Agreement documents: the stored bytes against their digest, the digest against transfers. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import { checkBySql } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { DocumentCipher } from '../bank/document-cipher.ts';

interface StoredDocument {
  readonly id: string;
  readonly size_bytes: number;
  readonly sm3: string;
  readonly content_cipher: Uint8Array;
}

const agreed = checkBySql(
  'agreement documents of transfers',
  'transfer',
  `select 'id=' || t.id as key, 'agreement_hash' as column, d.sm3 as expected,
     t.agreement_hash as found
   from transfer t left join document d on d.id = t.agreement_document_id
   where t.agreement_hash is distinct from d.sm3`,
);

export function documentChecks(cipher: DocumentCipher): readonly Check<unknown>[] {
  return [agreed, { name: 'documents from their bytes', run: (tx) => run(tx, cipher) }];
}

/** One at a time: a document may have ten megabytes. */
async function* run(db: Executor, cipher: DocumentCipher): AsyncGenerator<Difference> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<StoredDocument>`
      select id, size_bytes, sm3, content_cipher from document where id > ${after}
      order by id limit 1`.execute(db);
    const [row] = rows;
    if (row === undefined) return;
    after = row.id;
    const key = `id=${row.id}`;
    const bytes = openOrNothing(cipher, row);
    const found = bytes === undefined ? 'what does not open' : sm3Hex(bytes);
    yield* compareStored('document', `${key} content_cipher`, row.sm3, found);
    yield* compareStored('document', `${key} size_bytes`, bytes?.byteLength ?? 0, row.size_bytes);
  }
}

function openOrNothing(cipher: DocumentCipher, row: StoredDocument): Uint8Array | undefined {
  try {
    return cipher.open(row.id, row.content_cipher);
  } catch {
    return undefined;
  }
}
