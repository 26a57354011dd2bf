/**
 * Frozen tables that every service with commands owns in its own schema. Its first migration calls
 * `createPlatformTables`, and `createOutboxTables` (outbox-tables.ts), `createConsumerOffset` and
 * `createInboxBookTables` (inbox-tables.ts) where it publishes or consumes. Never edit: a change is
 * a new function, called by a new migration of each service.
 */
import { type Kysely, sql } from 'kysely';
import {
  createRefuseChange,
  makeAppendOnly,
  makeColumnsUpdatable,
  makeReadWrite,
  type SchemaOption,
} from './grants.ts';

/** Idempotency keys, audit trail with its seals, approvals, nonces of service tokens. */
export async function createPlatformTables(
  db: Kysely<unknown>,
  { schema }: SchemaOption,
): Promise<void> {
  await createRefuseChange(db, { schema });
  await createIdempotencyKey(db, schema);
  await createAudit(db, schema);
  await createApproval(db, schema);
  await createServiceNonce(db, schema);
}

async function createIdempotencyKey(db: Kysely<unknown>, schema: string): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'idempotency_key')} (
      principal    text           not null check (principal <> ''),
      key          text           not null check (length(key) between 1 and 255),
      operation    text           not null check (operation <> ''),
      request_hash bytea          not null check (length(request_hash) = 32),
      status       smallint       not null check (status between 200 and 299),
      answer       text           not null,
      created_at   timestamptz(3) not null,
      primary key (principal, key)
    )`.execute(db);
  await sql`
    create index idempotency_key_created_at on ${sql.id(schema, 'idempotency_key')}
    using brin (created_at)`.execute(db);
  await makeReadWrite(db, { schema, table: 'idempotency_key', canDelete: true });
}

/**
 * Records are chained by a sealer outside the acts' transactions: a chain made by the acts
 * themselves would put them all in one queue. A seal covers all records of the database
 * transactions from_transaction <= id < until_transaction, all of them ended.
 */
async function createAudit(db: Kysely<unknown>, schema: string): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'audit_record')} (
      transaction_id bigint         not null default (pg_current_xact_id()::text::bigint),
      id             uuid           not null,
      at             timestamptz(3) not null,
      actor_kind     text           not null check (actor_kind in ('person', 'service', 'public')),
      actor_id       text           not null check (actor_id <> ''),
      actor_name     text,
      actor_roles    text[]         not null,
      on_behalf_of   text,
      action         text           not null check (action <> ''),
      target         text           not null check (target <> ''),
      trace_id       text           not null,
      detail         jsonb          not null check (jsonb_typeof(detail) = 'object'),
      hash           bytea          not null check (length(hash) = 32),
      primary key (transaction_id, id)
    )`.execute(db);
  await sql`
    create table ${sql.id(schema, 'audit_seal')} (
      sequence          bigint         primary key check (sequence >= 1),
      from_transaction  bigint         not null unique,
      until_transaction bigint         not null unique,
      record_count      integer        not null check (record_count >= 1),
      previous_hash     bytea          not null check (length(previous_hash) = 32),
      hash              bytea          not null unique check (length(hash) = 32),
      sealed_at         timestamptz(3) not null,
      check (from_transaction < until_transaction)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'audit_record' });
  await makeAppendOnly(db, { schema, table: 'audit_seal' });
}

async function createApproval(db: Kysely<unknown>, schema: string): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'approval')} (
      id           uuid           primary key,
      operation    text           not null check (operation <> ''),
      payload      bytea          not null,
      payload_hash bytea          not null check (length(payload_hash) = 32),
      maker        text           not null check (maker <> ''),
      maker_name   text,
      made_at      timestamptz(3) not null,
      expires_at   timestamptz(3) not null check (expires_at > made_at),
      state        text           not null default 'pending'
                   check (state in ('pending', 'approved', 'returned', 'expired')),
      checker      text           check (checker <> maker),
      checker_name text,
      decided_at   timestamptz(3) check (decided_at >= made_at),
      opinion      text,
      result       jsonb,
      check ((state in ('approved', 'returned')) = (checker is not null)),
      check ((state = 'pending') = (decided_at is null)),
      check ((state = 'approved') = (result is not null))
    )`.execute(db);
  await sql`
    create index approval_pending on ${sql.id(schema, 'approval')} (expires_at, id)
    where state = 'pending'`.execute(db);
  await sql`
    create function ${sql.id(schema, 'refuse_second_decision')}() returns trigger
    language plpgsql as $$
    begin
      raise exception 'approval % is decided already', old.id
        using errcode = 'integrity_constraint_violation';
    end
    $$`.execute(db);
  await sql`
    create trigger decided_once before update on ${sql.id(schema, 'approval')}
    for each row when (old.state <> 'pending')
    execute function ${sql.id(schema, 'refuse_second_decision')}()`.execute(db);
  await sql`
    create trigger kept_for_ever before delete or truncate on ${sql.id(schema, 'approval')}
    for each statement execute function ${sql.id(schema, 'refuse_change')}()`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'approval',
    columns: ['state', 'checker', 'checker_name', 'decided_at', 'opinion', 'result'],
  });
}

async function createServiceNonce(db: Kysely<unknown>, schema: string): Promise<void> {
  await sql`
    create table ${sql.id(schema, 'service_nonce')} (
      caller     text           not null check (caller <> ''),
      nonce      text           not null check (length(nonce) between 16 and 64),
      expires_at timestamptz(3) not null,
      primary key (caller, nonce)
    )`.execute(db);
  await sql`
    create index service_nonce_expires_at on ${sql.id(schema, 'service_nonce')} (expires_at)`.execute(
    db,
  );
  await makeReadWrite(db, { schema, table: 'service_nonce', canDelete: true });
}
