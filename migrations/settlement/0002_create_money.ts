/** Client money: a double-entry ledger of fen, deposits, payouts, and the demonstration bank. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable } from '../platform/grants.ts';

const schema = 'settlement';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createLedger(db);
  await createSumZero(db);
  await createDeposits(db);
  await createPayouts(db);
  await createEmbeddedBank(db);
  await createFees(db);
}

/**
 * Client accounts are keyed by the registry's fund account. `bank` mirrors the custody bank's
 * settlement account (its balance is what the market owes to clients, so it runs negative), `fees`
 * and `tax` collect charges, `suspense` holds receipts nobody announced.
 */
async function createLedger(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.money_account (
      id          uuid   primary key,
      kind        text   not null check (kind in ('client', 'bank', 'fees', 'tax', 'suspense')),
      currency    text   not null check (currency = 'CNY'),
      balance_fen bigint not null default 0,
      held_fen    bigint not null default 0,
      entries     bigint not null default 0 check (entries >= 0),
      check (abs(balance_fen) < case when kind in ('bank', 'suspense')
        then 1000000000000000000 else 1000000000000000 end),
      check (held_fen >= 0 and (kind = 'client' or held_fen = 0)),
      check (kind in ('bank', 'suspense') or balance_fen >= held_fen)
    ) with (fillfactor = 80)`.execute(db);
  await sql`
    create unique index money_account_own on settlement.money_account (kind)
    where kind <> 'client'`.execute(db);
  await sql`
    create table settlement.money_journal (
      id            uuid           primary key,
      kind          text           not null check (kind in (
                      'deposit', 'settlement', 'reversal', 'payout', 'payout-return', 'suspense')),
      business_key  text           not null unique,
      business_date date           not null,
      recorded_at   timestamptz(3) not null,
      transfer_id   uuid
    )`.execute(db);
  await sql`
    create table settlement.money_posting (
      journal_id uuid     not null references settlement.money_journal,
      line       smallint not null check (line >= 1),
      account_id uuid     not null references settlement.money_account,
      entry      bigint   not null check (entry >= 1),
      change_fen bigint   not null check (change_fen <> 0),
      after_fen  bigint   not null,
      primary key (journal_id, line),
      unique (account_id, entry)
    )`.execute(db);
  await sql`
    create table settlement.money_hold (
      instruction_id uuid        primary key,
      account_id  uuid           not null references settlement.money_account,
      amount_fen  bigint         not null check (amount_fen > 0),
      state       text           not null default 'held' check (state in ('held', 'used', 'released')),
      held_at     timestamptz(3) not null,
      ended_at    timestamptz(3) check (ended_at >= held_at),
      check ((state = 'held') = (ended_at is null))
    )`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'money_account',
    columns: ['balance_fen', 'held_fen', 'entries'],
  });
  await makeAppendOnly(db, { schema, table: 'money_journal' });
  await makeAppendOnly(db, { schema, table: 'money_posting' });
  await makeColumnsUpdatable(db, { schema, table: 'money_hold', columns: ['state', 'ended_at'] });
}

/** Every journal balances at commit, whatever wrote it. */
async function createSumZero(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function settlement.assert_journal_balances() returns trigger language plpgsql as $$
    begin
      if (select coalesce(sum(change_fen), 0) <> 0 or count(*) < 2
          from settlement.money_posting where journal_id = new.id) then
        raise exception 'money journal % does not balance', new.id
          using errcode = 'check_violation';
      end if;
      return null;
    end
    $$`.execute(db);
  await sql`
    create constraint trigger journal_balances after insert on settlement.money_journal
    deferrable initially deferred for each row
    execute function settlement.assert_journal_balances()`.execute(db);
}

async function createDeposits(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.deposit (
      id              uuid           primary key,
      fund_account_id uuid           not null,
      amount_fen      bigint         not null check (amount_fen > 0),
      reference       text           not null unique check (length(reference) between 6 and 64),
      state           text           not null default 'announced'
                      check (state in ('announced', 'confirmed', 'mismatched')),
      announced_at    timestamptz(3) not null,
      confirmed_at    timestamptz(3),
      reason          text,
      check ((state = 'announced') = (confirmed_at is null))
    )`.execute(db);
  await sql`
    create table settlement.bank_confirmation (
      bank_sequence   bigint         primary key check (bank_sequence >= 1),
      direction       text           not null check (direction in ('in', 'out', 'out-returned')),
      reference       text           not null,
      fund_account_id uuid,
      amount_fen      bigint         not null check (amount_fen > 0),
      booked_at       timestamptz(3) not null,
      taken_at        timestamptz(3) not null,
      outcome         text           not null check (outcome in ('matched', 'mismatched', 'unknown'))
    )`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'deposit',
    columns: ['state', 'confirmed_at', 'reason'],
  });
  await makeAppendOnly(db, { schema, table: 'bank_confirmation' });
}

async function createPayouts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.payout (
      id                  uuid           primary key,
      fund_account_id     uuid           not null references settlement.money_account,
      amount_fen          bigint         not null check (amount_fen > 0),
      bank_code           text           not null,
      bank_account_cipher bytea          not null,
      bank_account_masked text           not null,
      payee_name_cipher   bytea          not null,
      state               text           not null default 'held'
                          check (state in ('held', 'instructed', 'paid', 'returned')),
      requested_at        timestamptz(3) not null,
      ended_at            timestamptz(3),
      reason              text,
      check ((state in ('paid', 'returned')) = (ended_at is not null))
    )`.execute(db);
  await makeColumnsUpdatable(db, {
    schema,
    table: 'payout',
    columns: ['state', 'ended_at', 'reason'],
  });
}

/** The demonstration bank's own books; a real bank is reached by another adapter of the port. */
async function createEmbeddedBank(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.embedded_bank_entry (
      bank_sequence   bigint         primary key check (bank_sequence >= 1),
      direction       text           not null check (direction in ('in', 'out', 'out-returned')),
      reference       text           not null,
      fund_account_id uuid,
      amount_fen      bigint         not null check (amount_fen > 0),
      booked_at       timestamptz(3) not null,
      unique (direction, reference)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'embedded_bank_entry' });
}

/** Rates hold from a business date on; the first ones are seeded by a migration of their own. */
async function createFees(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settlement.fee_parameter (
      kind        text           not null check (kind in ('transfer-fee', 'stamp-duty')),
      side        text           not null check (side in ('buyer', 'seller')),
      valid_from  date           not null,
      rate        numeric(9, 8)  not null check (rate >= 0 and rate < 1),
      minimum_fen bigint         not null check (minimum_fen >= 0),
      source      text           not null check (source <> ''),
      recorded_at timestamptz(3) not null,
      primary key (kind, side, valid_from)
    )`.execute(db);
  await makeAppendOnly(db, { schema, table: 'fee_parameter' });
}
