// Test databases: one template per preparation, cloned for each test file.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { askRunServices } from './ask-run-services.ts';

export interface TestCluster {
  readonly superuserUrl: string;
}

export interface TestDatabase {
  readonly name: string;
  /** As the superuser; a test takes a service's role with `urlFor`. */
  readonly superuserUrl: string;
  urlFor(user: string, password: string): string;
  drop(): Promise<void>;
}

/** Prepares an empty database: roles, schemas, migrations. Leaves no connection open. */
export type Prepare = (database: { name: string; superuserUrl: string }) => Promise<void>;

let cluster: Promise<TestCluster> | undefined;

/** The run's own server, started by the first test that asks for it. */
export function testCluster(): Promise<TestCluster> {
  cluster ??= askRunServices('postgres').then(({ superuserUrl }) => {
    if (superuserUrl === undefined) throw new Error('the run answered without a server');
    return { superuserUrl };
  });
  return cluster;
}

/**
 * The name of a database prepared once per run, whichever worker asks first. Give each different
 * preparation its own name (lower case letters, digits, underscores).
 */
export async function templateDatabase(name: string, prepare: Prepare): Promise<string> {
  const template = `template_${checkName(name)}`;
  const { superuserUrl } = await testCluster();
  await withClient(superuserUrl, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const found = await client.query('select datistemplate from pg_database where datname = $1', [
      template,
    ]);
    const isReady = found.rows.some((row: { datistemplate: boolean }) => row.datistemplate);
    if (isReady) return;
    // A worker that died midway left it unfinished.
    await client.query(`drop database if exists ${template} with (force)`);
    await client.query(`create database ${template}`);
    await prepare({ name: template, superuserUrl: withDatabase(superuserUrl, template) });
    await client.query(`alter database ${template} with is_template true`);
  });
  return template;
}

export async function createTestDatabase(template = 'template0'): Promise<TestDatabase> {
  const { superuserUrl } = await testCluster();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(superuserUrl, (client) =>
    client.query(`create database ${name} template ${checkName(template)} strategy file_copy`),
  );
  return {
    name,
    superuserUrl: withDatabase(superuserUrl, name),
    urlFor: (user, password) => {
      const url = new URL(withDatabase(superuserUrl, name));
      url.username = user;
      url.password = password;
      return url.href;
    },
    drop: async () => {
      await withClient(superuserUrl, (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function checkName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(name)) throw new Error(`not a database name: ${name}`);
  return name;
}
