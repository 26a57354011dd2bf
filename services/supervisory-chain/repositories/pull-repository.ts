/** How far the market's nodes have been pulled. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';

export async function pulledHeight(db: Executor, chainId: string): Promise<bigint> {
  const found = await sql<{ height: bigint }>`
    select height from pull_cursor where chain_id = ${chainId}`.execute(db);
  return found.rows[0]?.height ?? 0n;
}

export async function setPulledHeight(
  db: Executor,
  chainId: string,
  height: bigint,
): Promise<void> {
  await sql`
    insert into pull_cursor (chain_id, height) values (${chainId}, ${height})
    on conflict (chain_id) do update set height = excluded.height`.execute(db);
}
