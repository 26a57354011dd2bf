/**
 * Frozen helper of the link's migrations: a digest beside every row, eight bytes for each column,
 * so that fsck names the column whose value was changed behind the triggers. Never edit.
 */
import { type Kysely, sql } from 'kysely';

/** How a column's value becomes a text that no session setting changes. */
export type ColumnKind = 'text' | 'bytes' | 'instant' | 'date';

export type DigestedColumns = Readonly<Record<string, ColumnKind>>;

const textOf: Readonly<Record<ColumnKind, (column: string) => string>> = {
  text: (column) => `r.${column}::text`,
  bytes: (column) => `encode(sha256(r.${column}), 'hex')`,
  instant: (column) => `extract(epoch from r.${column})::text`,
  date: (column) => `(r.${column} - date '2000-01-01')::text`,
};

/** Call after the table has its `digest bytea not null`; the columns in the order of the table. */
export async function digestRows(
  db: Kysely<unknown>,
  table: string,
  columns: DigestedColumns,
): Promise<void> {
  const parts = Object.entries(columns).map(
    ([column, kind]) =>
      `substr(sha256(convert_to(coalesce('=' || ${textOf[kind](column)}, '-'), 'UTF8')), 1, 8)`,
  );
  const digest = sql.id('link', `${table}_digest`);
  const fill = sql.id('link', `fill_${table}_digest`);
  await sql`
    create function ${digest}(r link.${sql.id(table)}) returns bytea language sql stable
    as $$ select ${sql.raw(parts.join('\n || '))} $$`.execute(db);
  await sql`
    create function ${fill}() returns trigger language plpgsql as $$
    begin
      new.digest := ${digest}(new);
      return new;
    end $$`.execute(db);
  await sql`
    create trigger fill_digest before insert or update on link.${sql.id(table)}
    for each row execute function ${fill}()`.execute(db);
  const names = JSON.stringify(Object.keys(columns));
  await sql`comment on function ${digest} is ${sql.lit(names)}`.execute(db);
  await sql`grant execute on function ${digest}, ${fill} to link, auditor`.execute(db);
}
