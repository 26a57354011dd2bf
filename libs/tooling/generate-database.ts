// `npm run generate`: types of each schema for Kysely, and the schema's text, from a migrated
// database.
// With --check, fails where a committed file differs; with --service=NAME, does one service alone.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '#libs/postgres-launcher/start.ts';
import { type GeneratedFile, generateStore, ROOT } from '#libs/db/generate-store.ts';
import { MIGRATIONS_FOLDER, migrateService, migrationNames } from '#libs/db/migrate.ts';
import { type StorePlan, STORES } from '#libs/db/plan.ts';
import { provisionDatabases, roleUrl } from '#libs/db/provision.ts';

/** The server lives for seconds, on loopback, with nothing in it. */
const PASSWORD = 'generate';
const LEAVE_ATTEMPTS_MAX = 100;
const LEAVE_PAUSE_MS = 20;
/** One of the two chain nodes stands for both: they share their migrations. */
function storesToGenerate(only: string | undefined): StorePlan[] {
  const seen = new Set<string>();
  return STORES.filter((plan) => {
    const isAsked = only === undefined || plan.service === only || plan.migrations === only;
    if (!isAsked || seen.has(plan.migrations)) return false;
    seen.add(plan.migrations);
    return existsSync(join(MIGRATIONS_FOLDER, plan.migrations));
  });
}

async function generateAll(stores: readonly StorePlan[]): Promise<GeneratedFile[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'quanji-generate-'));
  const server = await startPostgres({ dataDirectory, durable: false });
  try {
    await provisionDatabases(server.superuserUrl, stores, () => PASSWORD);
    const files: GeneratedFile[] = [];
    for (const plan of stores) {
      if ((await migrationNames(plan.migrations)).length === 0) continue;
      const ownerUrl = roleUrl(server.superuserUrl, plan.database, plan.ownerRole, PASSWORD);
      await migrateService(ownerUrl, plan);
      files.push(...(await generateStore(ownerUrl, plan)));
    }
    await waitForOthersToLeave(server.superuserUrl);
    return files;
  } finally {
    await server.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** kysely-codegen's own pool has no error listener: a server that stops too early would end us. */
async function waitForOthersToLeave(superuserUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  for (let attempt = 1; attempt <= LEAVE_ATTEMPTS_MAX; attempt += 1) {
    const { rowCount } = await client.query(
      `select 1 from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    if (rowCount === 0) break;
    await sleep(LEAVE_PAUSE_MS);
  }
  await client.end();
}

const differs = ({ path, text }: GeneratedFile): boolean =>
  !existsSync(path) || readFileSync(path, 'utf8') !== text;

function write({ path, text }: GeneratedFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`generated ${relative(ROOT, path)}`);
}

const flags = process.argv.slice(2);
const only = flags.find((flag) => flag.startsWith('--service='))?.slice('--service='.length);
const files = await generateAll(storesToGenerate(only));
const changed = files.filter(differs);
if (flags.includes('--check')) {
  for (const { path } of changed) {
    console.error(`${relative(ROOT, path)} differs from its source; run \`npm run generate\``);
  }
  process.exitCode = changed.length === 0 ? 0 : 1;
} else {
  changed.forEach(write);
}
