/** The registry's parties: subjects, accounts, products, evidence, rules, calendar, documents. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeReadWrite } from '../platform/grants.ts';
import { seedCalendar } from './seed/trading-calendar.ts';
import { seedNatures } from './seed/share-natures.ts';
import { seedParameters } from './seed/rule-parameters.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createDocuments(db);
  await createSubjects(db);
  await createHolderIdentities(db);
  await createIssuers(db);
  await createAccounts(db);
  await createEvidence(db);
  await createRules(db);
  await createCalendar(db);
  await createImports(db);
  await grant(db);
  await seedNatures(db);
  await seedParameters(db);
  await seedCalendar(db);
}

/** Bytes are stored encrypted (they may be rosters and identity papers); the digest is of the plain bytes. */
async function createDocuments(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.document (
      id             uuid        primary key,
      file_name      text        not null check (char_length(file_name) between 1 and 255),
      media_type     text        not null check (char_length(media_type) between 1 and 127),
      size_bytes     integer     not null check (size_bytes between 1 and 10485760),
      sm3            text        not null check (sm3 ~ '^[0-9a-f]{64}$'),
      content_cipher bytea       not null,
      uploaded_by    text        not null,
      recorded_at    timestamptz(3) not null
    )`.execute(db);
}

async function createSubjects(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.subject (
      id                       uuid        primary key,
      kind                     text        not null check (kind in ('organisation', 'person')),
      nature                   text        not null check (nature in (
                                 'natural-person', 'company', 'partnership', 'managed-plan',
                                 'other-product', 'public-body', 'other-organisation')),
      certificate_type         text        not null check (certificate_type in (
                                 'uscc', 'resident-id', 'passport', 'hk-macau-permit',
                                 'taiwan-permit', 'foreign-permanent-resident', 'product-record',
                                 'foreign-registration')),
      certificate_number_cipher bytea      not null,
      certificate_number_index bytea       not null check (octet_length(certificate_number_index) = 32),
      name_cipher              bytea       not null,
      name_index               bytea       not null check (octet_length(name_index) = 32),
      phone_cipher             bytea,
      phone_index              bytea       check (octet_length(phone_index) = 32),
      address_cipher           bytea,
      region                   text        check (region ~ '^[0-9]{6}$'),
      nationality              text        not null check (nationality ~ '^[A-Z]{2}$'),
      is_investor              boolean     not null,
      is_issuer                boolean     not null,
      is_market                boolean     not null,
      look_through             boolean     not null,
      investor_code            text        unique check (investor_code ~ '^[QRS][0-9]{9}$'),
      shareholders_number      integer     check (shareholders_number >= 0),
      version                  bigint      not null default 0 check (version >= 0),
      revision                 bigint      not null default 0 check (revision >= 0),
      registered_on            date        not null,
      recorded_at              timestamptz(3) not null,
      unique (certificate_type, certificate_number_index),
      check ((kind = 'person') = (nature = 'natural-person')),
      check (look_through = (nature in ('partnership', 'other-product'))),
      check (kind = 'organisation' or not (is_issuer or is_market))
    )`.execute(db);
  await sql`create index subject_name on registry.subject (name_index)`.execute(db);
  await sql`create unique index subject_market on registry.subject (is_market) where is_market`.execute(
    db,
  );
}

/**
 * Who counts for the holder limit: one row with the subject's own identity, or, where it is looked
 * through (R8, R13), one row per beneficial owner. An identity is the blind index of certificate
 * type and number, so that one person who holds directly and through a partnership counts once.
 */
async function createHolderIdentities(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.holder_identity (
      subject_id uuid  not null references registry.subject,
      identity   bytea not null check (octet_length(identity) = 32),
      primary key (subject_id, identity)
    )`.execute(db);
  await sql`create index holder_identity_identity on registry.holder_identity (identity)`.execute(
    db,
  );
  await sql`
    create table registry.beneficial_owner (
      subject_id                uuid    not null references registry.subject,
      line                      integer not null check (line >= 1),
      certificate_type          text    not null,
      certificate_number_cipher bytea   not null,
      identity                  bytea   not null check (octet_length(identity) = 32),
      name_cipher               bytea   not null,
      ratio                     numeric(9, 8) not null check (ratio > 0 and ratio <= 1),
      recorded_at               timestamptz(3) not null,
      primary key (subject_id, line),
      foreign key (subject_id, identity) references registry.holder_identity
    )`.execute(db);
}

async function createIssuers(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.share_nature (
      code            smallint primary key check (code between 0 and 99),
      label_zh        text     not null unique,
      label_en        text     not null unique,
      group_code      smallint not null check (group_code between 0 and 9),
      tradable        boolean  not null,
      restricted      boolean  not null,
      money_valued    boolean  not null,
      legal_effect    boolean  not null
    )`.execute(db);
  await sql`
    create table registry.issuer (
      subject_id   uuid        primary key references registry.subject,
      company_code text        not null unique,
      layer        text        not null check (layer in ('F', 'G', 'P', 'T', '')),
      onboarded_on date        not null,
      recorded_at  timestamptz(3) not null
    )`.execute(db);
  await sql`
    create table registry.security (
      id                 uuid        primary key,
      issuer_subject_id  uuid        not null references registry.issuer,
      code               text        not null unique,
      name               text        not null check (char_length(name) between 1 and 128),
      abbreviation       text        not null check (char_length(abbreviation) between 1 and 64),
      product_type       text        not null,
      scale_unit         text        not null check (scale_unit in ('share')),
      currency           text        not null check (currency ~ '^[0-9]{3}$'),
      issued_capital     bigint      not null
                           check (issued_capital between 1 and 9007199254740991),
      registered_capital_fen bigint  not null
                           check (registered_capital_fen between 1 and 999999999999999),
      status             text        not null check (status in ('active', 'suspended', 'exited')),
      agreement_document_id uuid     not null references registry.document,
      onboarded_on       date        not null,
      version            bigint      not null default 0 check (version >= 0),
      revision           bigint      not null default 0 check (revision >= 0),
      recorded_at        timestamptz(3) not null
    )`.execute(db);
}

/** Issue, cancellation and treasury accounts stand one a security, in the issuer's name; they are not reported. */
async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence registry.account_number as bigint start 10000001`.execute(db);
  await sql`
    create table registry.account (
      id                uuid        primary key,
      subject_id        uuid        not null references registry.subject,
      kind              text        not null check (kind in (
                          'securities', 'fund', 'issue', 'cancellation', 'treasury')),
      number            text        not null unique check (char_length(number) between 1 and 64),
      linked_account_id uuid        references registry.account,
      security_id       uuid        references registry.security,
      status            text        not null
                          check (status in ('normal', 'closed', 'frozen', 'unverified')),
      opened_on         date        not null,
      closed_on         date,
      version           bigint      not null default 0 check (version >= 0),
      revision          bigint      not null default 0 check (revision >= 0),
      recorded_at       timestamptz(3) not null,
      check ((kind = 'fund') = (linked_account_id is not null)),
      check ((kind in ('securities', 'fund')) = (security_id is null)),
      check ((status = 'closed') = (closed_on is not null))
    )`.execute(db);
  await sql`create index account_subject on registry.account (subject_id)`.execute(db);
  await sql`
    create unique index account_one_open on registry.account (subject_id, kind)
    where kind in ('securities', 'fund') and status <> 'closed'`.execute(db);
  await sql`
    create unique index account_of_security on registry.account (security_id, kind)
    where security_id is not null`.execute(db);
  await sql`
    create unique index account_linked on registry.account (linked_account_id)
    where linked_account_id is not null`.execute(db);
}

async function createEvidence(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.suitability_evidence (
      id            uuid        primary key,
      subject_id    uuid        not null references registry.subject,
      condition     text        not null check (condition in (
                      'financial-assets', 'investment-experience', 'finance-work-experience',
                      'net-assets', 'managed-plan')),
      amount_fen    bigint      check (amount_fen between 0 and 999999999999999),
      months        integer     check (months between 0 and 1200),
      document_id   uuid        not null references registry.document,
      verifier      text        not null check (char_length(verifier) between 1 and 256),
      verified_on   date        not null,
      valid_from    date        not null,
      valid_until   date        not null,
      recorded_at   timestamptz(3) not null,
      check (valid_from < valid_until),
      check ((condition in ('financial-assets', 'net-assets')) = (amount_fen is not null)),
      check ((condition in ('investment-experience', 'finance-work-experience'))
             = (months is not null))
    )`.execute(db);
  await sql`
    create index suitability_evidence_subject
    on registry.suitability_evidence (subject_id, valid_until)`.execute(db);
  await sql`
    create table registry.holder_exemption (
      id          uuid        primary key,
      security_id uuid        not null references registry.security,
      basis       text        not null check (char_length(basis) between 1 and 512),
      cap         integer     not null check (cap between 1 and 10000000),
      valid_from  date        not null,
      valid_until date        not null,
      document_id uuid        not null references registry.document,
      approved_by text        not null,
      recorded_at timestamptz(3) not null,
      check (valid_from < valid_until)
    )`.execute(db);
  await sql`
    create index holder_exemption_security
    on registry.holder_exemption (security_id, valid_until)`.execute(db);
}

/** The value in force on a date is that of the greatest valid_from not after it; rows are never changed. */
async function createRules(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.rule_parameter (
      id          uuid        primary key,
      rule        text        not null check (rule ~ '^R[0-9]{1,2}$'),
      name        text        not null check (name ~ '^[a-z][a-z0-9-]{0,63}$'),
      value       text        not null check (char_length(value) between 1 and 512),
      valid_from  date        not null,
      basis       text        not null check (char_length(basis) between 1 and 512),
      set_by      text,
      recorded_at timestamptz(3) not null,
      unique (rule, name, valid_from)
    )`.execute(db);
}

/** business_day: the row without closed_at is the open day; there is at most one and days only rise. */
async function createCalendar(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.trading_calendar (
      date        date        primary key,
      open        boolean     not null,
      provisional boolean     not null,
      source      text        not null check (char_length(source) between 1 and 256),
      recorded_at timestamptz(3) not null
    )`.execute(db);
  await sql`
    create table registry.business_day (
      business_date date        primary key references registry.trading_calendar,
      opened_at     timestamptz(3) not null,
      opened_by     text        not null,
      closed_at     timestamptz(3) check (closed_at >= opened_at)
    )`.execute(db);
  await sql`
    create unique index business_day_open on registry.business_day ((closed_at is null))
    where closed_at is null`.execute(db);
}

/** A job is work that outlives its request; a roster import is the job of one uploaded roster. */
async function createImports(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table registry.job (
      id          uuid        primary key,
      kind        text        not null check (kind in ('roster-import')),
      state       text        not null
                    check (state in ('queued', 'running', 'succeeded', 'failed')),
      rows_done   integer     not null default 0 check (rows_done >= 0),
      rows_total  integer     check (rows_total >= rows_done),
      attempts    integer     not null default 0 check (attempts >= 0),
      lease_until timestamptz(3),
      created_by  text        not null,
      created_at  timestamptz(3) not null,
      finished_at timestamptz(3),
      check ((state in ('succeeded', 'failed')) = (finished_at is not null))
    )`.execute(db);
  await sql`
    create index job_waiting on registry.job (created_at) where state in ('queued', 'running')
  `.execute(db);
  await sql`
    create table registry.roster_import (
      id                  uuid        primary key references registry.job,
      security_id         uuid        not null references registry.security,
      document_id         uuid        not null references registry.document,
      state               text        not null check (state in (
                            'checking', 'refused', 'passed', 'posted', 'reversed')),
      refusal             jsonb,
      row_count           integer     check (row_count >= 0),
      error_count         integer     check (error_count >= 0),
      total_shares        bigint      check (total_shares between 0 and 9007199254740991),
      content_hash        text        check (content_hash ~ '^[0-9a-f]{64}$'),
      checked_rows_cipher bytea,
      result_cipher       bytea,
      posted_event_id     uuid,
      posted_on           date,
      reversal_event_id   uuid,
      recorded_at         timestamptz(3) not null,
      check ((state in ('passed', 'posted', 'reversed')) <= (content_hash is not null)),
      check ((state in ('posted', 'reversed')) = (posted_event_id is not null)),
      check ((state = 'reversed') = (reversal_event_id is not null))
    )`.execute(db);
  await sql`
    create unique index roster_import_posted on registry.roster_import (security_id)
    where state = 'posted'`.execute(db);
}

async function grant(db: Kysely<unknown>): Promise<void> {
  await sql`grant usage on sequence registry.account_number to registry`.execute(db);
  const appendOnly = [
    'document',
    'holder_identity',
    'beneficial_owner',
    'share_nature',
    'issuer',
    'suitability_evidence',
    'holder_exemption',
    'rule_parameter',
  ];
  for (const table of appendOnly) await makeAppendOnly(db, { schema: 'registry', table });
  const readWrite = [
    'subject',
    'security',
    'account',
    'trading_calendar',
    'business_day',
    'job',
    'roster_import',
  ];
  for (const table of readWrite) {
    await makeReadWrite(db, { schema: 'registry', table, canDelete: false });
  }
}
