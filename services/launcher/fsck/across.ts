// What one service's store says is held against the stores of the others, as the auditor.
import { CompiledQuery, type Transaction } from 'kysely';
import { parseArgs } from 'node:util';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { FSCK_EXIT, PATIENCE } from '#libs/fsck/fsck-command.ts';
import { type CheckReport, countDifferences, reportLines } from '#libs/fsck/run-checks.ts';
import { runCommand, say } from '#libs/installation/command.ts';
import { readInstallation } from '#libs/installation/installation.ts';
import type { Difference } from '#libs/result/difference.ts';
import { type Implication, implications } from './implications.ts';

type Row = Readonly<Record<string, string | null>>;

const page = 1_000;
const differencesMax = 1_000;

/** One connection by database. */
type Stores = ReadonlyMap<string, Database<unknown>>;

function storeIn(stores: Stores, database: string): Database<unknown> {
  const store = stores.get(database);
  if (store === undefined) throw new Error(`no connection to ${database}`);
  return store;
}

/** What was said is one moment's; each page of it is looked up at a later one. */
async function* differencesOf(
  stores: Stores,
  tx: Transaction<unknown>,
  { said, held, table }: Implication,
): AsyncGenerator<Difference> {
  await tx.executeQuery(CompiledQuery.raw(`declare said no scroll cursor for ${said.text}`));
  for (;;) {
    const fetched = await tx.executeQuery<Row>(CompiledQuery.raw(`fetch ${page} from said`));
    if (fetched.rows.length === 0) return;
    const keys = fetched.rows.map((row) => row['key']);
    const store = storeIn(stores, held.database);
    const found = await store.executeQuery<Row>(CompiledQuery.raw(held.text, [keys]));
    const byKey = new Map(found.rows.map((row) => [row['key'], row]));
    for (const row of fetched.rows) yield* compareRows(table, row, byKey.get(row['key'] ?? null));
  }
}

function* compareRows(table: string, said: Row, held: Row | undefined): Generator<Difference> {
  const key = said['key'] ?? 'nothing';
  if (held === undefined) {
    yield { table, key, expected: 'a row', found: 'nothing' };
    return;
  }
  for (const [name, expected] of Object.entries(said)) {
    const found = held[name] ?? null;
    if (name === 'key' || expected === found) continue;
    const place = { table, key: `${key} ${name}` };
    yield { ...place, expected: expected ?? 'nothing', found: found ?? 'nothing' };
  }
}

async function checkOne(speakers: Stores, stores: Stores, one: Implication): Promise<CheckReport> {
  const differences: Difference[] = [];
  const isCut = await storeIn(speakers, one.said.database)
    .transaction()
    .setAccessMode('read only')
    .execute(async (tx) => {
      for await (const difference of differencesOf(stores, tx, one)) {
        if (differences.length === differencesMax) return true;
        differences.push(difference);
      }
      return false;
    });
  return { check: one.name, differences, isCut };
}

function openStores(urlOf: (database: string) => string): Stores {
  const names = new Set(implications.flatMap(({ said, held }) => [said.database, held.database]));
  return new Map(
    [...names].map((name) => {
      const pool = createPool({
        connectionString: urlOf(name),
        schema: 'public',
        applicationName: 'quanji-fsck',
        connectionsMax: 1,
        ...PATIENCE,
        onIdleError: () => undefined,
      });
      return [name, createDatabase<unknown>(pool)];
    }),
  );
}

await runCommand(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string', default: 'data' } } });
  const { auditorUrl } = readInstallation(values.data);
  // Two connections to each: one holds what was said while the other looks things up.
  const [speakers, stores] = [openStores(auditorUrl), openStores(auditorUrl)];
  try {
    const reports: CheckReport[] = [];
    for (const one of implications) reports.push(await checkOne(speakers, stores, one));
    for (const line of reportLines(reports)) say(line);
    return countDifferences(reports) === 0 ? FSCK_EXIT.whole : FSCK_EXIT.differences;
  } finally {
    const all = [...speakers.values(), ...stores.values()];
    await Promise.all(all.map((store) => store.destroy()));
  }
}, FSCK_EXIT.cannotRun);
