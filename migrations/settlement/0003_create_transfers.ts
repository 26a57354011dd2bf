/** Transfers on their way to settlement: documents, instructions, their steps, cycles. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable } from '../platform/grants.ts';

const schema = 'settlement';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createDocuments(db);
  await createCycles(db);
  await createTransfers(db);
  await createSteps(db);
}

async function createDocuments(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.document (
      id             uuid           primary key,
      file_name      text           not null check (length(file_name) between 1 and 255),
      size_bytes     integer        not null check (size_bytes between 1 and 10485760),
      sm3            text           not null check (sm3 ~ '^[0-9a-f]{64}$'),
      content_cipher bytea          not null,
      uploaded_by    text           not null,
      uploaded_at    timestamptz(3) not null
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'document' });
}

/** One cycle runs at a time: its all-or-nothing steps share the money accounts. */
async function createCycles(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.cycle (
      id            uuid           primary key,
      state         text           not null default 'running' check (state in ('running', 'done')),
      business_date date           not null,
      started_by    text           not null,
      started_at    timestamptz(3) not null,
      ended_at      timestamptz(3) check (ended_at >= started_at),
      check ((state = 'done') = (ended_at is not null))
    )`.execute(db);
  await sql`
    create unique index cycle_running on settlement.cycle (state) where state = 'running'`.execute(
    db,
  );
  await makeColumnsUpdatable(db, { schema, table: 'cycle', columns: ['state', 'ended_at'] });
}

/**
 * An instruction never changes but for where it stands. `delivery` is the registry's answer to the
 * delivery: event, business date, pinned references.
 */
async function createTransfers(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.transfer (
      id                     uuid           primary key,
      kind                   text           not null check (kind in ('transfer', 'reversal')),
      original_id            uuid           references settlement.transfer,
      approval_id            uuid           not null,
      security_id            uuid           not null,
      seller_account_id      uuid           not null,
      buyer_account_id       uuid           not null,
      seller_fund_account_id uuid           not null,
      buyer_fund_account_id  uuid           not null,
      seller_subject_id      uuid           not null,
      buyer_subject_id       uuid           not null,
      nature_code            text           not null check (nature_code ~ '^[0-9]{1,2}$'),
      quantity               bigint         not null check (quantity between 1 and 9007199254740991),
      unit_price             numeric(13, 4) not null check (unit_price >= 0),
      amount_fen             bigint         not null check (amount_fen between 1 and 999999999999999),
      charges                jsonb          not null check (jsonb_typeof(charges) = 'array'),
      agreement_document_id  uuid           not null references settlement.document,
      agreement_hash         text           not null check (agreement_hash ~ '^[0-9a-f]{64}$'),
      agreement_number       text           not null check (length(agreement_number) between 1 and 64),
      dealt_at               timestamptz(3) not null,
      deadline               timestamptz(3) not null,
      reason                 text           check (length(reason) between 1 and 512),
      created_at             timestamptz(3) not null,
      state                  text           not null check (state in (
                               'approved', 'reserved', 'funded', 'committing', 'committed',
                               'decided', 'delivered', 'settled', 'returning', 'failed',
                               'cancelled')),
      steps                  integer        not null check (steps >= 1),
      cycle_id               uuid           references settlement.cycle,
      delivery               jsonb          check (jsonb_typeof(delivery) = 'object'),
      settled_event_id       uuid           unique,
      check (seller_account_id <> buyer_account_id),
      check ((kind = 'reversal') = (original_id is not null)),
      check ((state in ('delivered', 'settled')) = (delivery is not null)),
      check ((state = 'settled') = (settled_event_id is not null)),
      check (deadline > created_at)
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    create unique index transfer_reversed_once on settlement.transfer (original_id)
    where state not in ('failed', 'cancelled')`.execute(db);
  await sql`
    create index transfer_open on settlement.transfer (state, id)
    where state not in ('settled', 'failed', 'cancelled')`.execute(db);
  await sql`create index transfer_security on settlement.transfer (security_id, id)`.execute(db);
  await sql`create index transfer_seller on settlement.transfer (seller_account_id, id)`.execute(
    db,
  );
  await sql`create index transfer_buyer on settlement.transfer (buyer_account_id, id)`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'transfer',
    columns: ['state', 'steps', 'cycle_id', 'delivery', 'settled_event_id'],
  });
}

/**
 * Which state follows which; the trigger refuses any other step, whoever asks. A reversal reserves
 * nothing and takes no cycle: approved, funded, decided, and the registry may still refuse it.
 */
async function createSteps(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.transfer_step (
      transfer_id uuid           not null references settlement.transfer,
      step        integer        not null check (step >= 1),
      state       text           not null,
      at          timestamptz(3) not null,
      code        text,
      detail      jsonb          check (jsonb_typeof(detail) = 'object'),
      primary key (transfer_id, step)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'transfer_step' });
  await sql`
    create table settlement.transfer_transition (
      kind       text not null check (kind in ('transfer', 'reversal')),
      from_state text not null,
      to_state   text not null,
      primary key (kind, from_state, to_state)
    )`.execute(db);
  await sql`
    insert into settlement.transfer_transition values
      ('transfer', 'approved', 'reserved'), ('transfer', 'approved', 'returning'),
      ('transfer', 'approved', 'failed'),
      ('transfer', 'reserved', 'funded'), ('transfer', 'reserved', 'returning'),
      ('transfer', 'funded', 'committing'), ('transfer', 'funded', 'returning'),
      ('transfer', 'committing', 'committed'), ('transfer', 'committing', 'returning'),
      ('transfer', 'committed', 'decided'),
      ('transfer', 'decided', 'delivered'),
      ('transfer', 'delivered', 'settled'),
      ('transfer', 'returning', 'failed'), ('transfer', 'returning', 'cancelled'),
      ('reversal', 'approved', 'funded'), ('reversal', 'approved', 'returning'),
      ('reversal', 'funded', 'decided'), ('reversal', 'funded', 'returning'),
      ('reversal', 'decided', 'delivered'), ('reversal', 'decided', 'returning'),
      ('reversal', 'delivered', 'settled'),
      ('reversal', 'returning', 'failed'), ('reversal', 'returning', 'cancelled')`.execute(db);
  await makeAppendOnly(db, { schema, table: 'transfer_transition' });
  await sql`
    create function settlement.assert_transition() returns trigger language plpgsql as $$
    begin
      if not exists (
          select 1 from settlement.transfer_transition
          where kind = old.kind and from_state = old.state and to_state = new.state) then
        raise exception '% % cannot go from % to %', old.kind, new.id, old.state, new.state
          using errcode = 'check_violation';
      end if;
      if new.steps <> old.steps + 1 then
        raise exception 'transfer % takes its steps one by one', new.id
          using errcode = 'check_violation';
      end if;
      return new;
    end
    $$`.execute(db);
  await sql`
    create trigger assert_transition before update of state on settlement.transfer
    for each row execute function settlement.assert_transition()`.execute(db);
}
