/** The rule parameters of a new market, each with its basis; a market changes them by dated rows. */
import { type Kysely, sql } from 'kysely';

type Row = readonly [rule: string, name: string, value: string, validFrom: string, basis: string];

const rows: readonly Row[] = [
  ['R1', 'product-types', 'share', '2017-07-01', '国办发〔2017〕11号第四条'],
  ['R2', 'same-region', 'required', '2017-07-01', '国办发〔2017〕11号第七条'],
  ['R5', 'transfer-methods', '2', '2017-07-01', '国办发〔2017〕11号第四条；国发〔2011〕38号'],
  ['R7', 'trading-days', '5', '2017-07-01', '国办发〔2017〕11号第四条；国发〔2011〕38号'],
  ['R8', 'holders-max', '200', '2017-07-01', '国发〔2011〕38号；国办发〔2012〕37号'],
  ['R10', 'financial-assets-min-fen', '50000000', '2017-07-01', '国办发〔2017〕11号第五条'],
  ['R10', 'net-assets-min-fen', '100000000', '2017-07-01', '市场业务规则（按市场设定）'],
  ['R11', 'experience-months-min', '24', '2017-07-01', '证监会令第132号'],
];

/** The seed is recorded as of the entry into force of CSRC order 132, before any posting. */
const RECORDED_AT = '2017-07-01T00:00:00.000Z';

export async function seedParameters(db: Kysely<unknown>): Promise<void> {
  for (const [rule, name, value, validFrom, basis] of rows) {
    await sql`
      insert into registry.rule_parameter
        (id, rule, name, value, valid_from, basis, set_by, recorded_at)
      values (gen_random_uuid(), ${rule}, ${name}, ${value}, ${validFrom}, ${basis}, null,
        ${RECORDED_AT})`.execute(db);
  }
}
