/** The first rates: the statute's stamp duty, and a demonstration fee of the market. */
import { type Kysely, sql } from 'kysely';

/** Stamp duty: equity-transfer instruments, 0.05 % of the price, each party (not the exchange tax). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into settlement.fee_parameter
      (kind, side, valid_from, rate, minimum_fen, source, recorded_at)
    select kind, side, date '2022-07-01', 0.0005, 0, source, timestamptz '2022-07-01T00:00:00Z'
    from (values
        ('stamp-duty', '印花税法 税目税率表：产权转移书据（股权转让）'),
        ('transfer-fee', '本市场收费标准（示范）')) as k (kind, source),
      (values ('buyer'), ('seller')) as s (side)`.execute(db);
}
