/** Investor codes: one identity, one code, nationwide. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Instant } from '#libs/time/instant.ts';
import { type CodeRequest, formatCode } from '../domain/objects/investor-code.ts';

/** The identity's code, allocated now if it has none. Under `lockTaking`; `identity` is keyed. */
export async function allocateCode(
  tx: Executor,
  letter: CodeRequest['letter'],
  identity: Uint8Array,
  now: Instant,
): Promise<string> {
  const known = await sql<{ code: string }>`
    select code from investor where identity = ${identity}`.execute(tx);
  const [row] = known.rows;
  if (row !== undefined) return row.code;
  const last = await sql<{ last: bigint }>`
    select coalesce(max(substr(code, 2)::bigint), 0)::bigint as last from investor
    where code like ${`${letter}%`}`.execute(tx);
  const code = formatCode(letter, (last.rows[0]?.last ?? 0n) + 1n);
  await sql`
    insert into investor (identity, code, allocated_at, digest)
    values (${identity}, ${code}, ${now}, ''::bytea)`.execute(tx);
  return code;
}
