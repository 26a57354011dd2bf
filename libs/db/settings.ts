/** The server settings without which a commit is not a promise; asserted when a service starts. */
import { CompiledQuery } from 'kysely';
import type { Executor } from './database.ts';

export interface SettingsPolicy {
  /** 'waived' only for test clusters, which trade durability for speed. */
  readonly durability: 'required' | 'waived';
}

interface Setting {
  readonly name: string;
  readonly setting: string;
}

interface Session {
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly replication: boolean;
  readonly local: boolean;
  readonly tls: boolean;
}

const DURABLE: Readonly<Record<string, readonly string[]>> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'remote_apply'],
};

const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  data_checksums: ['on'],
  data_sync_retry: ['off'],
  password_encryption: ['scram-sha-256'],
  server_encoding: ['UTF8'],
  TimeZone: ['UTC'],
};

const TIMEOUTS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
] as const;

/** Errors: throws one error that lists every setting found wrong. */
export async function assertPostgresSettings(db: Executor, policy: SettingsPolicy): Promise<void> {
  const expected = policy.durability === 'required' ? { ...ALWAYS, ...DURABLE } : ALWAYS;
  const settings = await readSettings(db, [...Object.keys(expected), ...TIMEOUTS]);
  const faults: string[] = [];
  for (const [name, allowed] of Object.entries(expected)) {
    const found = settings.get(name) ?? 'unknown';
    if (!allowed.includes(found)) faults.push(`${name} is ${found}, not ${allowed.join(' or ')}`);
  }
  for (const name of TIMEOUTS) {
    if ((settings.get(name) ?? '0') === '0') faults.push(`${name} is not set`);
  }
  faults.push(...(await sessionFaults(db)));
  if (faults.length > 0) throw new Error(`PostgreSQL is not set as required: ${faults.join('; ')}`);
}

async function readSettings(
  db: Executor,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const result = await db.executeQuery<Setting>(
    CompiledQuery.raw('select name, setting from pg_settings where name = any($1)', [names]),
  );
  return new Map(result.rows.map((row) => [row.name, row.setting]));
}

async function sessionFaults(db: Executor): Promise<string[]> {
  const result = await db.executeQuery<Session>(
    CompiledQuery.raw(
      `select r.rolsuper as superuser, r.rolbypassrls as bypass, r.rolreplication as replication,
        coalesce(inet_client_addr() << '127.0.0.0/8' or inet_client_addr() = '::1', true) as local,
        coalesce((select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()), false) as tls
      from pg_roles r where r.rolname = current_user`,
      [],
    ),
  );
  const [session] = result.rows;
  if (session === undefined) return ['the role is unknown'];
  const isPrivileged = session.superuser || session.bypass || session.replication;
  return [
    ...(isPrivileged ? ['the role has privileges that no service may have'] : []),
    ...(session.local || session.tls ? [] : ['the connection leaves this host without TLS']),
  ];
}
