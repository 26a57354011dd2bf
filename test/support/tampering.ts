// Changes one value of one row at a time behind every trigger, and asks the checks what they find.
import { CompiledQuery, type Transaction } from 'kysely';
import { createDatabase } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { PATIENCE } from '#libs/fsck/fsck-command.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';

export interface Store {
  readonly schema: string;
  /** As the superuser. */
  readonly url: string;
  readonly checks: readonly Check<unknown>[];
}

export interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  /** Its values are given by the database alone. */
  readonly isIdentity: boolean;
}

export type Outcome =
  | { readonly kind: 'named'; readonly by: string; readonly difference: Difference }
  /** Differences that do not name the row are told of, to be seen why. */
  | { readonly kind: 'missed'; readonly change: string; readonly others: readonly Difference[] }
  | { readonly kind: 'unchangeable' }
  | { readonly kind: 'empty' };

type Tx = Transaction<unknown>;

class Undo extends Error {}

const rowsTried = 6;

/** Candidates in turn, of which the first that the constraints allow is taken; `%c` is the column. */
const changes: Readonly<Record<string, readonly string[]>> = {
  uuid: ['uuidv7()'],
  bigint: ['%c + 1', '%c + 1000', '%c - 1', '1', '8', '%c + 1000000'],
  integer: ['%c + 1', '%c + 1000', '%c - 1', '1'],
  smallint: ['%c + 1', '%c - 1', '1', '8'],
  numeric: ['%c + 0.0001', '%c - 0.0001', '%c + 1', '1'],
  date: ['%c + 1', '%c - 1', "date '2026-11-24'"],
  boolean: ['not %c'],
  'timestamp with time zone': [
    "%c + interval '1 second'",
    "%c - interval '1 second'",
    "timestamptz '2026-11-25T00:00:00Z'",
    "timestamptz '2046-11-25T00:00:00Z'",
  ],
  bytea: [
    'set_byte(%c, length(%c) / 2, get_byte(%c, length(%c) / 2) # 1)',
    String.raw`'\x${'00'.repeat(32)}'::bytea`,
  ],
  jsonb: ["jsonb_set(%c, '{changed}', '1')", "%c || '[1]'", `'{"changed": 1}'`, "'[]'"],
  ARRAY: ["%c || array['x']"],
  text: [
    "%c || 'x'",
    "translate(%c, '0123456789abcdef', '123456789abcdef0')",
    "'x'",
    `'${'a'.repeat(64)}'`,
  ],
};

/** One connection as the superuser: what it changes is seen by its own checks, and rolled back. */
export class TamperedStore {
  readonly #store: Store;
  readonly #db: ReturnType<typeof createDatabase<unknown>>;
  /** Cheap ones first: the first that names the row is enough. */
  #checks: readonly Check<unknown>[];

  constructor(store: Store) {
    this.#store = store;
    this.#checks = store.checks;
    this.#db = createDatabase<unknown>(
      createPool({
        connectionString: store.url,
        schema: store.schema,
        applicationName: 'tampering',
        connectionsMax: 1,
        ...PATIENCE,
      }),
    );
  }

  /** Everything that the checks find untouched; learns what each costs. */
  async untouched(): Promise<readonly Difference[]> {
    const costs = new Map<Check<unknown>, number>();
    const found = await this.#db.transaction().execute(async (tx) => {
      const differences: Difference[] = [];
      for (const check of this.#checks) {
        const begun = performance.now();
        for await (const difference of check.run(tx)) differences.push(difference);
        costs.set(check, performance.now() - begun);
      }
      return differences;
    });
    this.#checks = this.#checks.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
    return found;
  }

  /** Of every table of the schema. */
  async columns(): Promise<readonly Column[]> {
    const { schema } = this.#store;
    const text = `
      select c.table_name as table, c.column_name as name, c.data_type as type,
             c.is_identity = 'YES' as "isIdentity"
        from information_schema.columns c
        join pg_tables t on t.schemaname = c.table_schema and t.tablename = c.table_name
       where c.table_schema = $1 and c.is_generated = 'NEVER'
       order by 1, c.ordinal_position`;
    const { rows } = await this.#db.executeQuery<Column>(CompiledQuery.raw(text, [schema]));
    return rows;
  }

  /** Changes one value of the column and rolls it back. */
  async tamper(column: Column): Promise<Outcome> {
    const { isIdentity } = column;
    const words = await this.#wordsOf(column.table);
    const candidates = [
      ...words,
      ...(changes[column.type] ?? []),
      ...(isIdentity ? ['default'] : []),
    ];
    let outcome: Outcome | undefined;
    const rows = await this.#rowsOf(column);
    if (rows.length === 0) return { kind: 'empty' };
    for (const ctid of rows) {
      for (const change of candidates) {
        outcome = await this.#inUndone(async (tx) => this.#tryChange(tx, column, ctid, change));
        if (outcome !== undefined) return outcome;
      }
    }
    return { kind: 'unchangeable' };
  }

  /** Everything that the checks find after these statements, which are rolled back. */
  async afterwards(statements: readonly string[]): Promise<readonly Difference[]> {
    const found = await this.#inUndone(async (tx) => {
      for (const text of statements) await tx.executeQuery(CompiledQuery.raw(text));
      const differences: Difference[] = [];
      for (const check of this.#checks) {
        for await (const difference of check.run(tx)) differences.push(difference);
      }
      return differences;
    });
    return found ?? [];
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /** Rows of the newest end, where the column holds something if it does anywhere. */
  async #rowsOf({ table, name }: Column): Promise<readonly string[]> {
    const text = `
      select t.ctid::text as ctid from ${table} t order by t.${name} is null, t.ctid desc
       limit ${rowsTried}`;
    const { rows } = await this.#db.executeQuery<{ ctid: string }>(CompiledQuery.raw(text));
    return rows.map(({ ctid }) => ctid);
  }

  /** The words that the table's constraints list. */
  async #wordsOf(table: string): Promise<readonly string[]> {
    const text = `
      select pg_get_constraintdef(oid) as text from pg_constraint
       where contype = 'c' and conrelid = $1::regclass`;
    const found = await this.#db.executeQuery<{ text: string }>(CompiledQuery.raw(text, [table]));
    const words = found.rows.flatMap((row) => row.text.match(/'[a-zA-Z-]+'::text/g) ?? []);
    return [...new Set(words)];
  }

  async #inUndone<T>(work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    let done: T | undefined;
    try {
      await this.#db.transaction().execute(async (tx) => {
        await tx.executeQuery(CompiledQuery.raw('set local session_replication_role = replica'));
        done = await work(tx);
        throw new Undo();
      });
    } catch (error) {
      if (!(error instanceof Undo)) throw error;
    }
    return done;
  }

  /** Undefined where the constraints refuse the value. */
  async #tryChange(
    tx: Tx,
    column: Column,
    ctid: string,
    change: string,
  ): Promise<Outcome | undefined> {
    const { table, name, type } = column;
    if (change.startsWith("'") && change.endsWith('::text') && type !== 'text') return undefined;
    const before = await keysOf(tx, table, ctid);
    const value = change.replaceAll('%c', name);
    const isOther = value === 'default' ? '' : `and ${name} is distinct from ${value}`;
    const text = `
      update ${table} set ${name} = ${value} where ctid = '${ctid}' ${isOther}
      returning ctid::text as ctid`;
    await tx.executeQuery(CompiledQuery.raw('savepoint change'));
    let changed: string | undefined;
    try {
      const done = await tx.executeQuery<{ ctid: string }>(CompiledQuery.raw(text));
      changed = done.rows[0]?.ctid;
    } catch {
      await tx.executeQuery(CompiledQuery.raw('rollback to savepoint change'));
    }
    if (changed === undefined) return undefined;
    const keys = [...before, ...(await keysOf(tx, table, changed))];
    return await this.#look(tx, table, keys, value);
  }

  async #look(
    tx: Tx,
    table: string,
    keys: readonly (readonly string[])[],
    change: string,
  ): Promise<Outcome> {
    const others: Difference[] = [];
    for (const check of this.#checks) {
      for await (const difference of check.run(tx)) {
        const isTable = [table, `${this.#store.schema}.${table}`].includes(difference.table);
        const isRow = keys.some((key) => key.every((part) => difference.key.includes(part)));
        if (isTable && isRow) return { kind: 'named', by: check.name, difference };
        if (others.length < 5) others.push(difference);
      }
    }
    return { kind: 'missed', change, others };
  }
}

/** Where the checks name a row by less than a unique index holds: these ids are unique by nature. */
const ids: Readonly<Record<string, readonly string[]>> = { audit_record: ['id'] };

/** Every unique key of the row, part by part, as the checks write it. */
async function keysOf(
  tx: Tx,
  table: string,
  ctid: string,
): Promise<readonly (readonly string[])[]> {
  const text = `
    select i.indexrelid::text as index, a.attname as name,
           a.atttypid = 'bytea'::regtype as is_bytes
      from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisunique and i.indexprs is null`;
  const columns = await tx.executeQuery<{ index: string; name: string; is_bytes: boolean }>(
    CompiledQuery.raw(text, [table]),
  );
  const indexes = new Map<string, string[]>();
  for (const { index, name, is_bytes: isBytes } of columns.rows) {
    const part = isBytes ? `encode(${name}, 'hex')` : `${name}::text`;
    indexes.set(index, [...(indexes.get(index) ?? []), part]);
  }
  for (const id of ids[table] ?? []) indexes.set(id, [`${id}::text`]);
  const keys: (readonly string[])[] = [];
  for (const parts of indexes.values()) {
    const found = await tx.executeQuery<{ key: readonly (string | null)[] }>(
      CompiledQuery.raw(`select array[${parts.join(', ')}] as key from ${table} where ctid = $1`, [
        ctid,
      ]),
    );
    const key = found.rows[0]?.key ?? [];
    if (key.length > 0 && key.every((part) => part !== null)) keys.push(key);
  }
  return keys;
}
