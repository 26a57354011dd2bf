/** Investor codes: one identity, one code, nationwide. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Instant } from '#libs/time/instant.ts';
import { type CodeRequest, formatCode } from '../domain/objects/investor-code.ts';

export interface KeyedRequest {
  readonly letter: CodeRequest['letter'];
  /** Keyed: no table holds an identity. */
  readonly identity: Uint8Array;
}

/**
 * The code of each identity (by its hexadecimal form), allocated now, in the given order, where it
 * has none. Under `lockTaking`.
 */
export async function allocateCodes(
  tx: Executor,
  requests: readonly KeyedRequest[],
  now: Instant,
): Promise<ReadonlyMap<string, string>> {
  const codes = new Map<string, string>();
  if (requests.length === 0) return codes;
  const identities = requests.map(({ identity }) => Buffer.from(identity));
  const known = await sql<{ identity: Uint8Array; code: string }>`
    select identity, code from investor where identity = any(${identities}::bytea[])`.execute(tx);
  for (const { identity, code } of known.rows) codes.set(toHex(identity), code);
  const last = new Map<CodeRequest['letter'], bigint>();
  const allocated: { readonly identity: Buffer; readonly code: string }[] = [];
  for (const { letter, identity } of requests) {
    const name = toHex(identity);
    if (codes.has(name)) continue;
    const number = (last.get(letter) ?? (await lastNumber(tx, letter))) + 1n;
    last.set(letter, number);
    const code = formatCode(letter, number);
    codes.set(name, code);
    allocated.push({ identity: Buffer.from(identity), code });
  }
  if (allocated.length > 0) {
    await sql`
      insert into investor (identity, code, allocated_at, digest)
      select identity, code, ${now}::timestamptz, ''::bytea
      from unnest(${allocated.map(({ identity }) => identity)}::bytea[],
        ${allocated.map(({ code }) => code)}::text[]) as n (identity, code)`.execute(tx);
  }
  return codes;
}

/** By the index on codes, which have one length: the last of a letter is its highest. */
async function lastNumber(tx: Executor, letter: CodeRequest['letter']): Promise<bigint> {
  const found = await sql<{ last: bigint }>`
    select substr(code, 2)::bigint as last from investor
    where code between ${formatCode(letter, 0n)} and ${`${letter}999999999`}
    order by code desc limit 1`.execute(tx);
  return found.rows[0]?.last ?? 0n;
}
