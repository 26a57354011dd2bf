/** A digest in every row of the ledgers, so that fsck names a changed value nothing else tells. */
import { type Kysely, sql } from 'kysely';

const tables = [
  'money_account',
  'money_journal',
  'money_posting',
  'money_hold',
  'deposit',
  'bank_confirmation',
  'payout',
  'embedded_bank_entry',
  'fee_parameter',
  'document',
  'cycle',
  'transfer',
  'transfer_step',
  'book',
  'event',
  'object_fact',
  'object_pack',
  'data_key',
];

/** The tables are still empty. A column added later needs its table's digest function anew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of tables) await digestRows(db, table);
}

/** Written with each insert and each permitted update, over all columns of the row. */
async function digestRows(db: Kysely<unknown>, table: string): Promise<void> {
  const columns = await columnTexts(db, table);
  const digest = sql.id('settlement', `${table}_digest`);
  const fill = sql.id('settlement', `fill_${table}_digest`);
  const target = sql.id('settlement', table);
  await sql`alter table ${target} add column digest bytea not null check (length(digest) = 32)`.execute(
    db,
  );
  await sql`
    create function ${digest}(r settlement.${sql.id(table)}) returns bytea
    language sql stable as $$
      select sha256(convert_to(row(${sql.raw(columns.join(', '))})::text, 'UTF8'))
    $$`.execute(db);
  await sql`
    create function ${fill}() returns trigger language plpgsql as $$
    begin
      new.digest := ${digest}(new);
      return new;
    end $$`.execute(db);
  await sql`
    create trigger zz_fill_digest before insert or update on ${target}
    for each row execute function ${fill}()`.execute(db);
  await sql`grant execute on function ${digest} to settlement, auditor`.execute(db);
  await sql`grant execute on function ${fill} to settlement`.execute(db);
}

/** Each column in a form that no setting of a session changes. */
async function columnTexts(db: Kysely<unknown>, table: string): Promise<string[]> {
  const found = await sql<{ name: string; type: string }>`
    select attname as name, atttypid::regtype::text as type from pg_attribute
    where attrelid = ${`settlement.${table}`}::regclass and attnum > 0 and not attisdropped
    order by attnum`.execute(db);
  return found.rows.map(({ name, type }) => {
    switch (type) {
      case 'date':
        return `r.${name} - date '2000-01-01'`;
      case 'timestamp with time zone':
        return `extract(epoch from r.${name})`;
      case 'bytea':
        return `encode(r.${name}, 'hex')`;
      default:
        return `r.${name}`;
    }
  });
}
