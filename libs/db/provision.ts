/** Makes databases, schemas and roles as the superuser; may be repeated on a half-made cluster. */
import pg from 'pg';
import { AUDITOR_ROLE, type StorePlan } from './plan.ts';

/** Gives the password of a role; asked for every role of the plan and for the auditor. */
export type PasswordOf = (role: string) => string;

const CONNECTIONS_MAX_PER_ROLE = 60;
/** Provisioning of one cluster is one at a time: roles are shared by all its databases. */
const PROVISION_LOCK = 7_315_902_441n;

export async function provisionDatabases(
  superuserUrl: string,
  stores: readonly StorePlan[],
  passwordOf: PasswordOf,
): Promise<void> {
  await provisionRoles(superuserUrl, stores, passwordOf);
  for (const database of new Set(stores.map((plan) => plan.database))) {
    const inside = stores.filter((plan) => plan.database === database);
    await withClient(superuserUrl, (client) => createDatabaseIfMissing(client, database));
    await provisionSchemas(databaseUrl(superuserUrl, database), inside);
  }
}

/** Creates the plan's roles, or brings attributes and passwords of existing ones in line. */
export async function provisionRoles(
  superuserUrl: string,
  stores: readonly StorePlan[],
  passwordOf: PasswordOf,
): Promise<void> {
  const roles = stores.flatMap((plan) => [plan.ownerRole, ...plan.serviceRoles]);
  await withClient(superuserUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
    for (const role of new Set([...roles, AUDITOR_ROLE])) {
      await ensureRole(client, role, passwordOf(role));
    }
    await client.query(`alter role ${AUDITOR_ROLE} set default_transaction_read_only = on`);
  });
}

/** Creates the stores' schemas in the database of the URL; who may do what there follows. */
export async function provisionSchemas(
  superuserUrlOfDatabase: string,
  stores: readonly StorePlan[],
): Promise<void> {
  await withClient(superuserUrlOfDatabase, async (client) => {
    await client.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
    const found = await client.query<{ name: string }>('select current_database() as name');
    const database = client.escapeIdentifier(found.rows[0]?.name ?? '');
    await client.query(`revoke all on database ${database} from public`);
    await client.query('revoke all on schema public from public');
    for (const plan of stores) await ensureSchema(client, database, plan);
  });
}

export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** The URL by which a role reaches a database of the superuser's server. */
export function roleUrl(
  superuserUrl: string,
  database: string,
  role: string,
  password: string,
): string {
  const changed = new URL(databaseUrl(superuserUrl, database));
  changed.username = role;
  changed.password = password;
  return changed.href;
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  const known = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (known.rowCount === 0) await client.query(`create role ${name}`);
  await client.query(
    `alter role ${name} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
      noinherit connection limit ${CONNECTIONS_MAX_PER_ROLE}
      password ${client.escapeLiteral(password)}`,
  );
}

async function createDatabaseIfMissing(client: pg.Client, database: string): Promise<void> {
  // CREATE DATABASE runs in no transaction, so a rival is kept out by the lock, not by a
  // constraint.
  await client.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
  const known = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (known.rowCount !== 0) return;
  const name = client.escapeIdentifier(database);
  await client.query(`create database ${name} template template0 encoding 'UTF8'`);
}

async function ensureSchema(client: pg.Client, database: string, plan: StorePlan): Promise<void> {
  const schema = client.escapeIdentifier(plan.schema);
  const owner = client.escapeIdentifier(plan.ownerRole);
  const users = [...plan.serviceRoles, AUDITOR_ROLE].map((role) => client.escapeIdentifier(role));
  await client.query(`create schema if not exists ${schema} authorization ${owner}`);
  await client.query(`alter schema ${schema} owner to ${owner}`);
  await client.query(`grant connect on database ${database} to ${[owner, ...users].join(', ')}`);
  await client.query(`grant usage on schema ${schema} to ${users.join(', ')}`);
  await client.query(
    `alter default privileges for role ${owner} in schema ${schema}
      grant select on tables to ${AUDITOR_ROLE}`,
  );
  await client.query(
    `alter default privileges for role ${owner} in schema ${schema}
      grant select on sequences to ${AUDITOR_ROLE}`,
  );
  // Functions are callable by all unless said otherwise; here each grant is said.
  await client.query(
    `alter default privileges for role ${owner} revoke execute on functions from public`,
  );
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'quanji-provision' });
  // A lost connection is reported by the statement that meets it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
