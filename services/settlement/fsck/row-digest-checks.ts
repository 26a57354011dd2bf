/** The digest in every row of the ledgers, taken again. */
import { checkBySql } from '#libs/fsck/check-by-sql.ts';

/** Tables with the columns that name a row. */
const keys: Readonly<Record<string, readonly string[]>> = {
  money_account: ['id'],
  money_journal: ['id'],
  money_posting: ['journal_id', 'line'],
  money_hold: ['instruction_id'],
  deposit: ['id'],
  bank_confirmation: ['bank_sequence'],
  payout: ['id'],
  embedded_bank_entry: ['bank_sequence'],
  fee_parameter: ['kind', 'side', 'valid_from'],
  document: ['id'],
  cycle: ['id'],
  transfer: ['id'],
  transfer_step: ['transfer_id', 'step'],
  book: ['security_id'],
  event: ['event_id'],
  object_fact: ['event_id', 'line'],
  object_pack: ['event_id', 'line'],
  data_key: ['owner_kind', 'owner_id'],
};

export const rowDigestChecks = Object.entries(keys).map(([table, columns]) => {
  const key = columns.map((column) => `'${column}=', t.${column}`).join(", ' ', ");
  return checkBySql(
    `digests of ${table}`,
    table,
    `select concat(${key}) as key, 'digest' as column, encode(t.digest, 'hex') as expected,
       encode(${table}_digest(t), 'hex') as found
     from ${table} t where t.digest <> ${table}_digest(t)`,
  );
});
