/** What settlement tells the regulator: events in gap-free books, facts, rendered packs, keys. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeCallable, makeReadWrite } from '../platform/grants.ts';

const schema = 'settlement';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createBooks(db);
  await createFacts(db);
  await createPacks(db);
  await createAppendEvents(db);
}

async function createBooks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.book (
      security_id      uuid           primary key,
      last_sequence    bigint         not null check (last_sequence >= 0),
      last_recorded_at timestamptz(3) not null
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    create table settlement.event (
      event_id      uuid           primary key,
      security_id   uuid           not null references settlement.book,
      sequence      bigint         not null check (sequence >= 1),
      kind          text           not null check (kind ~ '^[a-z][a-z-]{2,63}$'),
      business_date date           not null,
      recorded_at   timestamptz(3) not null,
      transfer_id   uuid           not null references settlement.transfer,
      journal_id    uuid           references settlement.money_journal,
      unique (security_id, sequence)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'book', canDelete: false });
  await makeAppendOnly(db, { schema, table: 'event' });
}

async function createFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.object_fact (
      event_id       uuid     not null references settlement.event,
      line           integer  not null check (line >= 1),
      object_id      text     not null check (object_id ~ '^STL-[0-9a-f-]{36}$'),
      version        bigint   not null check (version >= 0),
      revision       bigint   not null check (revision >= 0),
      class          text     not null check (class = 'settlement'),
      operation      text     not null check (operation in ('create', 'update', 'overwrite')),
      schema_version text     not null check (schema_version <> ''),
      at_seconds     bigint   not null check (at_seconds between 946684800 and 4102444800),
      key_owner_kind text     not null check (key_owner_kind = 'security'),
      key_owner_id   uuid     not null,
      refs           jsonb    not null check (jsonb_typeof(refs) = 'array'),
      salt           text     not null check (salt ~ '^[0-9a-f]{32}$'),
      figures        jsonb    not null check (jsonb_typeof(figures) = 'object'),
      check ((operation = 'create') = (version = 0 and revision = 0)),
      check ((operation = 'overwrite') = (revision > 0)),
      primary key (event_id, line),
      unique (object_id, version, revision)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'object_fact' });
}

/** A pack holds the canonical bytes of an event's objects, encrypted under the security's key. */
async function createPacks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.data_key (
      owner_kind text           not null check (owner_kind = 'security'),
      owner_id   uuid           not null,
      wrapped    bytea          not null,
      made_at    timestamptz(3) not null,
      primary key (owner_kind, owner_id)
    )`.execute(db);
  await sql`
    create table settlement.object_pack (
      event_id         uuid           not null references settlement.event,
      line             integer        not null check (line >= 1),
      sm3              bytea          not null check (length(sm3) = 32),
      sealed           bytea          not null,
      renderer_version integer        not null check (renderer_version >= 1),
      rendered_at      timestamptz(3) not null,
      primary key (event_id, line)
    )`.execute(db);
  await makeReadWrite(db, { schema, table: 'data_key', canDelete: true });
  await makeAppendOnly(db, { schema, table: 'object_pack' });
}

/**
 * p_events: [{eventId, securityId, kind, businessDate, transferId, journalId?, fact?: {objectId,
 * version, revision, operation, refs, salt, figures}}]. Books are locked in id order; sequences are
 * given in the order of the list; recorded time never runs back within a book.
 */
async function createAppendEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function settlement.append_events(p_events jsonb, p_recorded_at timestamptz)
    returns table (event_id uuid, sequence bigint) language plpgsql as $$
    #variable_conflict use_column
    begin
      insert into settlement.book (security_id, last_sequence, last_recorded_at)
      select distinct (e->>'securityId')::uuid, 0, p_recorded_at
      from jsonb_array_elements(p_events) as e order by 1
      on conflict do nothing;
      perform 1 from settlement.book b where b.security_id in
        (select (e->>'securityId')::uuid from jsonb_array_elements(p_events) as e)
        order by b.security_id for update;
      insert into settlement.event (event_id, security_id, sequence, kind, business_date,
        recorded_at, transfer_id, journal_id)
      select (x.e->>'eventId')::uuid, b.security_id,
        b.last_sequence + row_number() over (partition by b.security_id order by x.ord),
        x.e->>'kind', (x.e->>'businessDate')::date, greatest(b.last_recorded_at, p_recorded_at),
        (x.e->>'transferId')::uuid, (x.e->>'journalId')::uuid
      from jsonb_array_elements(p_events) with ordinality as x (e, ord)
        join settlement.book b on b.security_id = (x.e->>'securityId')::uuid;
      update settlement.book b set
        last_sequence = b.last_sequence + n.events,
        last_recorded_at = greatest(b.last_recorded_at, p_recorded_at)
      from (select (e->>'securityId')::uuid as security_id, count(*) as events
            from jsonb_array_elements(p_events) as e group by 1) n
      where b.security_id = n.security_id;
      insert into settlement.object_fact (event_id, line, object_id, version, revision, class,
        operation, schema_version, at_seconds, key_owner_kind, key_owner_id, refs, salt, figures)
      select v.event_id, 1, e->'fact'->>'objectId', (e->'fact'->>'version')::bigint,
        (e->'fact'->>'revision')::bigint, 'settlement', e->'fact'->>'operation', '2.0.0',
        floor(extract(epoch from v.recorded_at))::bigint, 'security', v.security_id,
        e->'fact'->'refs', e->'fact'->>'salt', e->'fact'->'figures'
      from jsonb_array_elements(p_events) as e
        join settlement.event v on v.event_id = (e->>'eventId')::uuid
      where e ? 'fact';
      insert into settlement.outbox (book, sequence, event_id, topic, recorded_at)
      select 'settlement:' || v.security_id, v.sequence, v.event_id, 'settlement.events',
        v.recorded_at
      from jsonb_array_elements(p_events) as e
        join settlement.event v on v.event_id = (e->>'eventId')::uuid;
      perform pg_notify('outbox', 'settlement');
      return query select v.event_id, v.sequence
        from jsonb_array_elements(p_events) with ordinality as x (e, ord)
          join settlement.event v on v.event_id = (x.e->>'eventId')::uuid
        order by x.ord;
    end $$`.execute(db);
  await makeCallable(db, { schema, signature: 'append_events(jsonb, timestamptz)' });
}
