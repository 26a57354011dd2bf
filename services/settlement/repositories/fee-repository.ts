/** Effective-dated fee and tax rates; the past never changes. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { FeeParameter } from '../domain/charges.ts';

export async function listFeeParameters(db: Executor): Promise<readonly FeeParameter[]> {
  const found = await sql<FeeParameter>`
    select kind, side, trim_scale(rate)::text as rate, minimum_fen as "minimumFen",
      valid_from as "validFrom", source
    from fee_parameter order by kind, side, valid_from limit 1000`.execute(db);
  return found.rows;
}

export async function insertFeeParameter(
  tx: Executor,
  parameter: FeeParameter,
  recordedAt: Instant,
): Promise<boolean> {
  const { kind, side, validFrom, rate, minimumFen, source } = parameter;
  const inserted = await sql`
    insert into fee_parameter (kind, side, valid_from, rate, minimum_fen, source, recorded_at)
    values (${kind}, ${side}, ${validFrom}, ${rate}, ${minimumFen}, ${source}, ${recordedAt})
    on conflict do nothing`.execute(tx);
  return inserted.numAffectedRows === 1n;
}
