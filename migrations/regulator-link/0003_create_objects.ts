/** Sealed objects, encrypted under keys of their owners; what is parked; what waits to be appended. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable, makeReadWrite } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createOwnerKeys(db);
  await createSealedObjects(db);
  await createParkedObjects(db);
  await createAppendQueue(db);
}

/** Destroying `wrapped` makes every record of the owner unreadable, on the chain too. */
async function createOwnerKeys(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.owner_key (
      kind         text           not null check (kind in ('subject', 'security')),
      id           uuid           not null,
      wrapped      bytea          check (length(wrapped) between 44 and 60),
      created_at   timestamptz(3) not null,
      destroyed_at timestamptz(3) check (destroyed_at >= created_at),
      digest       bytea          not null,
      primary key (kind, id),
      check ((wrapped is null) = (destroyed_at is not null))
    )`.execute(db);
  await digestRows(db, 'owner_key', {
    kind: 'text',
    id: 'text',
    wrapped: 'bytes',
    created_at: 'instant',
    destroyed_at: 'instant',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'owner_key',
    columns: ['wrapped', 'destroyed_at', 'digest'],
  });
}

/** Made once: an SM2 seal is never the same twice. `sealed` is nonce, ciphertext and tag. */
async function createSealedObjects(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.sealed_object (
      object_id       text           not null,
      version         integer        not null,
      revision        integer        not null,
      event_id        uuid           not null references link.fact,
      schema_version  text           not null,
      key_owner_kind  text           not null,
      key_owner_id    uuid           not null,
      refs            jsonb          not null check (jsonb_typeof(refs) = 'array'),
      corrects        bigint         check (corrects >= 1),
      wrapped_key     bytea          not null check (length(wrapped_key) between 44 and 60),
      sealed          bytea          not null check (length(sealed) between 28 and 720000),
      snapshot_hash   bytea          not null check (length(snapshot_hash) = 32),
      field_tree_root bytea          not null check (length(field_tree_root) = 32),
      seal_key_id     text           not null check (seal_key_id ~ '^[0-9a-f]{32}$'),
      sealed_at       timestamptz(3) not null,
      digest          bytea          not null,
      primary key (object_id, version, revision),
      foreign key (object_id, version, revision) references link.announced_object,
      foreign key (key_owner_kind, key_owner_id) references link.owner_key
    )`.execute(db);
  await sql`create index sealed_object_event on link.sealed_object (event_id)`.execute(db);
  await digestRows(db, 'sealed_object', {
    object_id: 'text',
    version: 'text',
    revision: 'text',
    event_id: 'text',
    schema_version: 'text',
    key_owner_kind: 'text',
    key_owner_id: 'text',
    refs: 'text',
    corrects: 'text',
    wrapped_key: 'bytes',
    sealed: 'bytes',
    snapshot_hash: 'bytes',
    field_tree_root: 'bytes',
    seal_key_id: 'text',
    sealed_at: 'instant',
  });
  await makeAppendOnly(db, { schema, table: 'sealed_object' });
}

/** Objects that fail a check: their fact waits, an alarm stands, the rest goes on. */
async function createParkedObjects(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.parked_object (
      object_id text           not null,
      version   integer        not null,
      revision  integer        not null,
      event_id  uuid           not null references link.fact,
      code      text           not null check (length(code) between 1 and 64),
      field     text           check (length(field) <= 512),
      attempts  integer        not null check (attempts >= 1),
      parked_at timestamptz(3) not null,
      primary key (object_id, version, revision),
      foreign key (object_id, version, revision) references link.announced_object
    )`.execute(db);
  await sql`create index parked_object_event on link.parked_object (event_id)`.execute(db);
  await makeReadWrite(db, { schema, table: 'parked_object', canDelete: true });
}

/** In order of sealing; `blocked_on` names what must have a packet first. */
async function createAppendQueue(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.append_queue (
      ordinal     bigint         generated always as identity primary key,
      object_id   text           not null,
      version     integer        not null,
      revision    integer        not null,
      event_id    uuid           not null references link.fact,
      size_bytes  integer        not null check (size_bytes >= 1),
      blocked_on  text           check (length(blocked_on) <= 160),
      queued_at   timestamptz(3) not null,
      unique (object_id, version, revision),
      foreign key (object_id, version, revision) references link.sealed_object
    )`.execute(db);
  await sql`
    create index append_queue_ready on link.append_queue (ordinal) where blocked_on is null`.execute(
    db,
  );
  await sql`
    create index append_queue_blocked on link.append_queue (blocked_on)
    where blocked_on is not null`.execute(db);
  await sql`create index append_queue_event on link.append_queue (event_id)`.execute(db);
  await makeReadWrite(db, { schema, table: 'append_queue', canDelete: true });
}
