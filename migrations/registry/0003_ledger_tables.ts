/** The share ledger: journal, postings, slices, holdings, claims, trades and regulator facts. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createBooks(db);
  await createJournal(db);
  await createPostings(db);
  await createHoldings(db);
  await createClaims(db);
  await createTrades(db);
  await createFacts(db);
  await grant(db);
}

/**
 * A book is counted in the row that its postings lock anyway: that of the security, or the one row
 * of the parties. `places` are the holders who count for the limit, those of committed deliveries
 * included; `holder_limit` is the limit under which the last place was given.
 */
async function createBooks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.parties_book (
      only_row         boolean        primary key default true check (only_row),
      last_sequence    bigint         not null default 0 check (last_sequence >= 0),
      last_recorded_at timestamptz(3) not null default '-infinity'
    )`.execute(db);
  await sql`insert into registry.parties_book default values`.execute(db);
  await sql`
    create table registry.security_state (
      security_id       uuid    primary key references registry.security,
      issue_account_id  uuid    not null unique references registry.account,
      issuer_subject_id uuid    not null references registry.subject,
      registered        bigint  not null check (registered between 1 and 9007199254740991),
      issued            bigint  not null default 0 check (issued between 0 and registered),
      held              bigint  not null default 0 check (held = issued),
      holders           integer not null default 0 check (holders >= 0),
      places            integer not null default 0 check (places >= 0),
      holder_limit      integer not null default 0 check (places <= holder_limit),
      limit_digest      bytea   not null check (octet_length(limit_digest) = 32),
      last_sequence     bigint  not null default 0 check (last_sequence >= 0),
      last_recorded_at  timestamptz(3) not null default '-infinity',
      last_effective_on date    not null default '-infinity'
    ) with (fillfactor = 50)`.execute(db);
  await sql`
    create function registry.open_security_book() returns trigger language plpgsql as $$
    begin
      insert into registry.security_state
        (security_id, issue_account_id, issuer_subject_id, registered)
      select s.id, new.id, s.issuer_subject_id, s.issued_capital
      from registry.security s where s.id = new.security_id;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger open_security_book after insert on registry.account
    for each row when (new.kind = 'issue')
    execute function registry.open_security_book()`.execute(db);
}

/** A null security means the book of the parties. `claim_id` names the claim an entry is about. */
async function createJournal(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.journal (
      event_id     uuid           primary key,
      security_id  uuid           references registry.security,
      sequence     bigint         not null check (sequence >= 1),
      kind         text           not null check (kind ~ '^[a-z][a-z0-9-]{2,63}$'),
      effective_on date           not null,
      recorded_at  timestamptz(3) not null,
      actor        text           not null check (actor <> ''),
      business_key text           not null unique
                   check (char_length(business_key) between 1 and 255),
      payload_hash bytea          not null check (octet_length(payload_hash) = 32),
      claim_id     bigint,
      reason       text           check (char_length(reason) between 1 and 512),
      digest       bytea          not null check (octet_length(digest) = 32),
      unique nulls not distinct (security_id, sequence)
    )`.execute(db);
}

/**
 * A posting moves shares into or out of one slice; those of an event sum to zero per security and
 * nature. The issue account holds no slices: its balance is minus what is issued. A claim set is 0
 * (none), the id of the one claim, or minus the id of an interned set of two or more.
 */
async function createPostings(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.posting (
      event_id    uuid     not null,
      line        integer  not null check (line >= 1),
      security_id uuid     not null,
      account_id  uuid     not null,
      nature      smallint not null,
      lot         uuid     not null,
      claim_set   bigint   not null,
      delta       bigint   not null
                  check (delta <> 0 and delta between -9007199254740991 and 9007199254740991),
      after       bigint   not null check (after between -9007199254740991 and 9007199254740991),
      digest      bytea    not null check (octet_length(digest) = 32),
      primary key (event_id, line)
    )`.execute(db);
  await sql`
    create table registry.slice (
      security_id uuid     not null references registry.security,
      account_id  uuid     not null,
      nature      smallint not null,
      lot         uuid     not null,
      claim_set   bigint   not null,
      mask        smallint not null check (mask between 0 and 15),
      quantity    bigint   not null check (quantity between 1 and 9007199254740991),
      check ((mask = 0) = (claim_set = 0)),
      primary key (security_id, account_id, nature, lot, claim_set)
    ) with (fillfactor = 90)`.execute(db);
  await sql`
    create function registry.assert_postings_balance() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from appended group by event_id, security_id, nature
                 having sum(delta) <> 0) then
        raise exception 'the postings of an event do not sum to zero'
          using errcode = 'check_violation';
      end if;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger postings_balance after insert on registry.posting
    referencing new table as appended for each statement
    execute function registry.assert_postings_balance()`.execute(db);
}

/**
 * A holding is the sum of its slices. `free` has no claim at all; `available`, as reported,
 * is free or merely reserved; pledged and frozen may overlap. Its version is that of its
 * registration object.
 */
async function createHoldings(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.holding (
      security_id     uuid     not null references registry.security,
      account_id      uuid     not null references registry.account,
      nature          smallint not null references registry.share_nature,
      subject_id      uuid     not null references registry.subject,
      registration_id uuid     not null unique,
      version         bigint   not null check (version >= 0),
      total           bigint   not null check (total between 0 and 9007199254740991),
      free            bigint   not null check (free >= 0),
      available       bigint   not null check (available between free and total),
      reserved        bigint   not null check (reserved between available - free and total),
      pledged         bigint   not null check (pledged between 0 and total),
      frozen          bigint   not null check (frozen between 0 and total),
      primary key (security_id, account_id, nature)
    ) with (fillfactor = 80)`.execute(db);
  await sql`create index holding_subject on registry.holding (subject_id, security_id)`.execute(db);
  await sql`
    create table registry.holding_history (
      security_id      uuid           not null,
      account_id       uuid           not null,
      nature           smallint       not null,
      version          bigint         not null check (version >= 0),
      event_id         uuid           not null,
      effective_on     date           not null,
      recorded_at      timestamptz(3) not null,
      total            bigint         not null check (total >= 0),
      available        bigint         not null check (available between 0 and total),
      pledged          bigint         not null check (pledged between 0 and total),
      frozen           bigint         not null check (frozen between 0 and total),
      total_change     bigint         not null check (total - total_change >= 0),
      available_change bigint         not null check (available - available_change >= 0),
      pledged_change   bigint         not null check (pledged - pledged_change >= 0),
      frozen_change    bigint         not null check (frozen - frozen_change >= 0),
      digest           bytea          not null check (octet_length(digest) = 32),
      primary key (security_id, account_id, nature, version)
    )`.execute(db);
  await sql`
    create table registry.holder_place (
      security_id uuid    not null references registry.security,
      subject_id  uuid    not null references registry.subject,
      held        boolean not null,
      awaited     boolean not null,
      leaving_by  uuid,
      counted     boolean not null
                  generated always as (awaited or (held and leaving_by is null)) stored,
      digest      bytea   not null check (octet_length(digest) = 32),
      check (held or awaited),
      check (held or leaving_by is null),
      primary key (security_id, subject_id)
    )`.execute(db);
}

/** What is fixed when the claim is placed is under the digest; the rest follows the journal. */
async function createClaims(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.claim (
      id               bigint generated always as identity primary key check (id >= 1),
      kind             text           not null check (kind in ('reservation')),
      instruction_id   uuid           not null unique,
      security_id      uuid           not null references registry.security,
      account_id       uuid           not null,
      subject_id       uuid           not null,
      nature           smallint       not null,
      buyer_account_id uuid           not null references registry.account,
      buyer_subject_id uuid           not null,
      asked            bigint         not null check (asked between 1 and 9007199254740991),
      deadline         timestamptz(3) not null,
      placed_event_id  uuid           not null unique,
      digest           bytea          not null check (octet_length(digest) = 32),
      state            text           not null check (state in
                         ('reserved', 'committed', 'delivered', 'returned', 'expired')),
      active           bigint         not null check (active >= 0),
      waiting          bigint         not null check (waiting >= 0),
      released         bigint         not null check (released >= 0),
      last_event_id    uuid           not null,
      check (active + waiting + released = asked),
      check ((state in ('reserved', 'committed')) = (active + waiting > 0)),
      check (account_id <> buyer_account_id)
    ) with (fillfactor = 80)`.execute(db);
  await sql`
    create index claim_deadline on registry.claim (deadline) where state = 'reserved'`.execute(db);
  await sql`
    create index claim_incoming on registry.claim (security_id, buyer_subject_id)
    where state = 'committed'`.execute(db);
  await sql`
    create table registry.claim_set (
      id      bigint   generated always as identity primary key check (id >= 1),
      members bigint[] not null unique check (cardinality(members) >= 2),
      mask    smallint not null check (mask between 1 and 15),
      digest  bytea    not null check (octet_length(digest) = 32)
    )`.execute(db);
}

/** The clock of rule R7 keeps each investor's last trades of a security; reversed ones do not count. */
async function createTrades(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.trade (
      event_id          uuid           primary key,
      instruction_id    uuid           not null unique,
      claim_id          bigint         unique references registry.claim,
      reverses_event_id uuid           unique references registry.trade,
      security_id       uuid           not null references registry.security,
      seller_account_id uuid           not null,
      buyer_account_id  uuid           not null,
      seller_subject_id uuid           not null,
      buyer_subject_id  uuid           not null,
      nature            smallint       not null,
      quantity          bigint         not null check (quantity between 1 and 9007199254740991),
      traded_on         date           not null,
      unit_price        numeric(17, 4) not null check (unit_price >= 0),
      amount_fen        bigint         not null check (amount_fen between 0 and 999999999999999),
      method            text           not null check (method in ('1', '2')),
      agreement_hash    text           not null check (agreement_hash ~ '^[0-9a-f]{64}$'),
      agreement_number  text           not null check (char_length(agreement_number) between 1 and 64),
      deal_time         timestamptz(3) not null,
      refs              jsonb          not null check (jsonb_typeof(refs) = 'object'),
      digest            bytea          not null check (octet_length(digest) = 32),
      check ((claim_id is null) <> (reverses_event_id is null)),
      check (seller_account_id <> buyer_account_id)
    )`.execute(db);
  await sql`
    create table registry.trade_clock (
      security_id  uuid not null references registry.security,
      subject_id   uuid not null references registry.subject,
      last_buy_on  date,
      last_sell_on date,
      check (last_buy_on is not null or last_sell_on is not null),
      primary key (security_id, subject_id)
    ) with (fillfactor = 80)`.execute(db);
}

/** What an event fixed of each regulator object; the bytes are rendered from it, afterwards. */
async function createFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.object_fact (
      event_id       uuid     not null,
      line           integer  not null check (line >= 1),
      object_id      text     not null check (char_length(object_id) between 5 and 128),
      version        bigint   not null check (version >= 0),
      revision       bigint   not null check (revision >= 0),
      class          text     not null check (class in
                       ('subject', 'account', 'product', 'transactionreport', 'registration')),
      operation      text     not null check (operation in
                       ('create', 'update', 'overwrite', 'delete')),
      schema_version text     not null check (schema_version <> ''),
      at_seconds     bigint   not null check (at_seconds between 946684800 and 4102444800),
      key_owner_kind text     not null check (key_owner_kind in ('subject', 'security')),
      key_owner_id   uuid     not null,
      refs           jsonb    not null check (jsonb_typeof(refs) = 'array'),
      salt           text     not null check (salt ~ '^[0-9a-f]{32}$'),
      corrects       bigint   check (corrects >= 0),
      figures        jsonb    not null check (jsonb_typeof(figures) = 'object'),
      digest         bytea    not null check (octet_length(digest) = 32),
      check ((operation = 'create') = (version = 0 and revision = 0)),
      check ((operation = 'overwrite') = (revision > 0)),
      primary key (event_id, line),
      unique (object_id, version, revision)
    )`.execute(db);
}

async function grant(db: Kysely<unknown>): Promise<void> {
  for (const table of [
    'journal',
    'posting',
    'holding_history',
    'claim_set',
    'trade',
    'object_fact',
  ]) {
    await sql`grant select, insert on registry.${sql.id(table)} to registry`.execute(db);
    await sql`
      create trigger append_only before update or delete or truncate
      on registry.${sql.id(table)} for each statement
      execute function registry.refuse_change()`.execute(db);
  }
  await sql`
    grant select, insert, update, delete on
      registry.slice, registry.holder_place, registry.trade_clock to registry`.execute(db);
  await sql`
    grant select, insert, update on
      registry.holding, registry.security_state, registry.parties_book to registry`.execute(db);
  await sql`grant select, insert on registry.claim to registry`.execute(db);
  await sql`
    grant update (state, active, waiting, released, last_event_id) on registry.claim
    to registry`.execute(db);
  await sql`
    create trigger kept_for_ever before delete or truncate on registry.claim
    for each statement execute function registry.refuse_change()`.execute(db);
  await sql`grant execute on function registry.open_security_book() to registry`.execute(db);
  await sql`grant execute on function registry.assert_postings_balance() to registry`.execute(db);
}
