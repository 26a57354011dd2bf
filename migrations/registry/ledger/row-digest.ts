/** Frozen helper of the ledger's migrations: a digest beside the columns that it covers. */
import { type Kysely, sql } from 'kysely';

export interface RowDigest {
  readonly table: string;
  /** SQL over a row `r`, each in a form that no session setting changes. */
  readonly columns: readonly string[];
  /** The column that holds the digest. */
  readonly column: string;
  /** The events of the trigger that fills it. */
  readonly on: string;
}

/** Makes `<table>_digest(row)`, which fsck calls too, and the trigger that stores its value. */
export async function createRowDigest(
  db: Kysely<unknown>,
  { table, columns, column, on }: RowDigest,
): Promise<void> {
  const digest = sql.id('registry', `${table}_digest`);
  const fill = sql.id('registry', `fill_${table}_digest`);
  await sql`
    create function ${digest}(r registry.${sql.id(table)}) returns bytea
    language sql stable as $$
      select sha256(convert_to(row(${sql.raw(columns.join(', '))})::text, 'UTF8'))
    $$`.execute(db);
  await sql`
    create function ${fill}() returns trigger language plpgsql as $$
    begin
      new.${sql.raw(column)} := ${digest}(new);
      return new;
    end $$`.execute(db);
  await sql`
    create trigger fill_digest before ${sql.raw(on)} on registry.${sql.id(table)}
    for each row execute function ${fill}()`.execute(db);
  await sql`grant execute on function ${digest}, ${fill} to registry, auditor`.execute(db);
}
