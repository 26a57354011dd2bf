/** The portal's tables: logins, sessions, programs, and what the OpenID provider stores. */
import { type Kysely, sql } from 'kysely';
import { makeReadWrite } from '../platform/grants.ts';
import { createPlatformTables } from '../platform/platform-tables.ts';

const schema = 'portal';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlatformTables(db, { schema });
  await createPerson(db);
  await createSession(db);
  await createProgram(db);
  await createOidcRecord(db);
}

async function createPerson(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function portal.are_roles(roles text[]) returns boolean
    language sql immutable parallel safe as $$
      select roles <@ array['registrar.maker', 'registrar.checker', 'settlement.maker',
        'settlement.checker', 'investor', 'regulator', 'operator', 'auditor']
        and array_position(roles, null) is null and cardinality(roles) between 1 and 8
    $$`.execute(db);
  await sql`grant execute on function portal.are_roles(text[]) to portal`.execute(db);
  await sql`
    create table portal.person (
      id                    uuid           primary key,
      username              text           not null unique
                            check (username ~ '^[a-z][a-z0-9.-]{2,63}$'),
      name                  text           not null check (length(name) between 1 and 100),
      roles                 text[]         not null check (portal.are_roles(roles)),
      subject_id            uuid           unique,
      password_hash         text           check (password_hash like '$argon2id$%'),
      failures              integer        not null default 0 check (failures >= 0),
      last_failure_at       timestamptz(3),
      activation_hash       bytea          unique check (length(activation_hash) = 32),
      activation_expires_at timestamptz(3),
      created_at            timestamptz(3) not null,
      check (('investor' = any(roles)) = (subject_id is not null)),
      check ((activation_hash is null) = (activation_expires_at is null))
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'person', canDelete: false });
}

async function createSession(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table portal.session (
      token_hash   bytea          primary key check (length(token_hash) = 32),
      person_id    uuid           not null references portal.person,
      started_at   timestamptz(3) not null,
      last_used_at timestamptz(3) not null,
      expires_at   timestamptz(3) not null check (expires_at > started_at)
    )`.execute(db);
  await sql`create index session_expires_at on portal.session (expires_at)`.execute(db);
  await makeReadWrite(db, { schema, table: 'session', canDelete: true });
}

/** A program proves itself with its private key: no secret of it is stored here. */
async function createProgram(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table portal.program (
      id            uuid           primary key,
      name          text           not null check (length(name) between 1 and 100),
      roles         text[]         not null check (portal.are_roles(roles)),
      public_key    jsonb          not null check (jsonb_typeof(public_key) = 'object'),
      registered_at timestamptz(3) not null
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'program', canDelete: false });
}

async function createOidcRecord(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table portal.oidc_record (
      model       text           not null,
      id          text           not null,
      payload     jsonb          not null,
      uid         text,
      grant_id    text,
      expires_at  timestamptz(3),
      consumed_at timestamptz(3),
      primary key (model, id)
    )`.execute(db);
  await sql`
    create index oidc_record_uid on portal.oidc_record (model, uid) where uid is not null
  `.execute(db);
  await sql`
    create index oidc_record_grant on portal.oidc_record (grant_id) where grant_id is not null
  `.execute(db);
  await sql`create index oidc_record_expires_at on portal.oidc_record (expires_at)`.execute(db);
  await makeReadWrite(db, { schema, table: 'oidc_record', canDelete: true });
}
