/**
 * Frozen helpers of every service's migrations: who may do what with a table.
 *
 * The owner role migrates and owns; the roles that hold USAGE on the schema (the service's) get
 * exactly what is granted here; the auditor reads everything by default privilege. Functions are
 * executable by nobody until granted. Never edit: a change is a new function.
 */
import { type Kysely, sql } from 'kysely';

export interface SchemaOption {
  readonly schema: string;
}

/** Makes the function behind the append-only triggers; the first call of a first migration. */
export async function createRefuseChange(
  db: Kysely<unknown>,
  { schema }: SchemaOption,
): Promise<void> {
  await sql`
    create function ${sql.id(schema, 'refuse_change')}() returns trigger
    language plpgsql as $$
    begin
      raise exception '% on %.% is refused: the table is append-only',
        tg_op, tg_table_schema, tg_table_name
        using errcode = 'integrity_constraint_violation';
    end
    $$`.execute(db);
}

/** Insert and select only, for everyone and by trigger for the owner too. */
export async function makeAppendOnly(
  db: Kysely<unknown>,
  { schema, table }: SchemaOption & { readonly table: string },
): Promise<void> {
  await sql`
    create trigger append_only before update or delete or truncate
    on ${sql.id(schema, table)} for each statement
    execute function ${sql.id(schema, 'refuse_change')}()`.execute(db);
  await grantTo(db, schema, sql.raw('select, insert'), sql`table ${sql.id(schema, table)}`);
}

/** Select, insert, update; delete only where asked for. */
export async function makeReadWrite(
  db: Kysely<unknown>,
  {
    schema,
    table,
    canDelete,
  }: SchemaOption & {
    readonly table: string;
    readonly canDelete: boolean;
  },
): Promise<void> {
  const privileges = canDelete ? 'select, insert, update, delete' : 'select, insert, update';
  await grantTo(db, schema, sql.raw(privileges), sql`table ${sql.id(schema, table)}`);
}

/** Select, insert, and update of the named columns alone: the rest of a row never changes. */
export async function makeColumnsUpdatable(
  db: Kysely<unknown>,
  {
    schema,
    table,
    columns,
  }: SchemaOption & {
    readonly table: string;
    readonly columns: readonly string[];
  },
): Promise<void> {
  const list = sql.join(columns.map((column) => sql.id(column)));
  const privileges = sql`select, insert, update (${list})`;
  await grantTo(db, schema, privileges, sql`table ${sql.id(schema, table)}`);
}

/** `signature` as PostgreSQL writes it: `post_transfer(uuid, bigint)`. */
export async function makeCallable(
  db: Kysely<unknown>,
  { schema, signature }: SchemaOption & { readonly signature: string },
): Promise<void> {
  await grantTo(
    db,
    schema,
    sql.raw('execute'),
    sql`function ${sql.id(schema)}.${sql.raw(signature)}`,
  );
}

async function grantTo(
  db: Kysely<unknown>,
  schema: string,
  privileges: ReturnType<typeof sql>,
  object: ReturnType<typeof sql>,
): Promise<void> {
  for (const role of await serviceRoles(db, schema)) {
    await sql`grant ${privileges} on ${object} to ${sql.id(role)}`.execute(db);
  }
}

/** Those whom provisioning gave USAGE on the schema, the owner and the auditor apart. */
async function serviceRoles(db: Kysely<unknown>, schema: string): Promise<string[]> {
  const result = await sql<{ role: string }>`
    select distinct r.rolname as role
    from pg_namespace n, aclexplode(n.nspacl) a, pg_roles r
    where n.nspname = ${schema} and a.privilege_type = 'USAGE' and r.oid = a.grantee
      and a.grantee <> n.nspowner and r.rolname <> 'auditor'
    order by 1`.execute(db);
  if (result.rows.length === 0) throw new Error(`schema ${schema} has no service role`);
  return result.rows.map((row) => row.role);
}
