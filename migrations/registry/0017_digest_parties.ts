/** Row digests of parties, securities, evidence and rules: nothing else tells most of their values. */
import { type Kysely, sql } from 'kysely';
import { createRowDigest } from './ledger/row-digest.ts';

const tables = [
  'subject',
  'holder_identity',
  'beneficial_owner',
  'account',
  'issuer',
  'security',
  'holder_exemption',
  'suitability_evidence',
  'document',
  'roster_import',
  'rule_parameter',
  'share_nature',
  'trading_calendar',
  'business_day',
];

/** The forms that no session setting changes; others have one form only. */
const forms: Readonly<Record<string, (column: string) => string>> = {
  bytea: (column) => `encode(sha256(r.${column}), 'hex')`,
  date: (column) => `r.${column} - date '2000-01-01'`,
  'timestamp with time zone': (column) => `extract(epoch from r.${column})`,
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of tables) {
    const columns = await columnsOf(db, table);
    const target = sql.id('registry', table);
    await sql`alter table ${target} add column digest bytea`.execute(db);
    await createRowDigest(db, { table, columns, column: 'digest', on: 'insert or update' });
    await fillDigests(db, table);
    await sql`
      alter table ${target} alter column digest set not null,
        add check (length(digest) = 32)`.execute(db);
  }
}

/** Those that the tables have now: a later one gets a digest of its own version. */
async function columnsOf(db: Kysely<unknown>, table: string): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; type: string }>`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'registry' and table_name = ${table} and is_generated = 'NEVER'
    order by ordinal_position`.execute(db);
  return rows.map(({ name, type }) => forms[type]?.(name) ?? `r.${name}`);
}

/** Rows from before, of append-only tables too. */
async function fillDigests(db: Kysely<unknown>, table: string): Promise<void> {
  const target = sql.id('registry', table);
  const digest = sql.id('registry', `${table}_digest`);
  await sql`alter table ${target} disable trigger user`.execute(db);
  await sql`update ${target} t set digest = ${digest}(t)`.execute(db);
  await sql`alter table ${target} enable trigger user`.execute(db);
}
