/** What came back: results, orders that follow from them, evidence, repetitions asked for, freezes. */
import { type Kysely, sql } from 'kysely';
import { makeAppendOnly, makeColumnsUpdatable, makeReadWrite } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createReceipts(db);
  await createRecordedResults(db);
  await createInvestorCodeOrders(db);
  await createEvidence(db);
  await createRepetitions(db);
  await createFreezes(db);
}

/** One verified RESULT per packet, with the message as it was signed. */
async function createReceipts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.receipt (
      lane               smallint       not null,
      sequence           bigint         not null,
      packet_hash        bytea          not null unique check (length(packet_hash) = 32),
      verdict            text           not null check (verdict in ('ACCEPTED', 'REJECTED', 'EXPIRED')),
      code               text           check (length(code) <= 64),
      field              text           check (length(field) <= 512),
      investor_code      text           check (investor_code ~ '^[QRS][0-9]{9}$'),
      supervisory_height bigint         not null check (supervisory_height >= 0),
      message            bytea          not null,
      message_hash       bytea          not null check (length(message_hash) = 32),
      received_at        timestamptz(3) not null,
      digest             bytea          not null,
      primary key (lane, sequence),
      foreign key (lane, sequence) references link.packet
    )`.execute(db);
  await digestRows(db, 'receipt', {
    lane: 'text',
    sequence: 'text',
    packet_hash: 'bytes',
    verdict: 'text',
    code: 'text',
    field: 'text',
    investor_code: 'text',
    supervisory_height: 'text',
    message: 'bytes',
    message_hash: 'bytes',
    received_at: 'instant',
  });
  await makeAppendOnly(db, { schema, table: 'receipt' });
}

async function createRecordedResults(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.result_queue (
      lane      smallint       not null,
      sequence  bigint         not null,
      queued_at timestamptz(3) not null,
      primary key (lane, sequence),
      foreign key (lane, sequence) references link.receipt
    )`.execute(db);
  await sql`create index result_queue_age on link.result_queue (queued_at)`.execute(db);
  await makeReadWrite(db, { schema, table: 'result_queue', canDelete: true });
  await sql`
    create table link.recorded_result (
      lane     smallint not null,
      sequence bigint   not null,
      batch_id uuid     not null references link.results_record,
      place    integer  not null check (place between 0 and 999),
      digest   bytea    not null,
      primary key (lane, sequence),
      unique (batch_id, place),
      foreign key (lane, sequence) references link.receipt
    )`.execute(db);
  await digestRows(db, 'recorded_result', {
    lane: 'text',
    sequence: 'text',
    batch_id: 'text',
    place: 'text',
  });
  await makeAppendOnly(db, { schema, table: 'recorded_result' });
}

/** The investor code of an accepted subject, on its way to the registry. */
async function createInvestorCodeOrders(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.investor_code_order (
      sequence      bigint         primary key check (sequence >= 1),
      object_id     text           not null,
      version       integer        not null,
      investor_code text           not null check (investor_code ~ '^[QRS][0-9]{9}$'),
      result_hash   bytea          not null check (length(result_hash) = 32),
      state         text           not null default 'open' check (state in ('open', 'done', 'refused')),
      attempts      integer        not null default 0 check (attempts >= 0),
      next_at       timestamptz(3) not null,
      outcome       text           check (length(outcome) <= 128),
      digest        bytea          not null,
      check ((state = 'open') or (outcome is not null))
    )`.execute(db);
  await sql`
    create index investor_code_order_open on link.investor_code_order (next_at)
    where state = 'open'`.execute(db);
  await digestRows(db, 'investor_code_order', {
    sequence: 'text',
    object_id: 'text',
    version: 'text',
    investor_code: 'text',
    result_hash: 'bytes',
    state: 'text',
    attempts: 'text',
    next_at: 'instant',
    outcome: 'text',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'investor_code_order',
    columns: ['state', 'attempts', 'next_at', 'outcome', 'digest'],
  });
}

/** Refused input by its hash; the bytes only where the sender's signature held. */
async function createEvidence(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.evidence (
      id         uuid           primary key,
      origin     text           not null check (length(origin) between 1 and 300),
      sm3        bytea          not null check (length(sm3) = 32),
      code       text           not null check (code ~ '^[a-z0-9-]{1,64}$'),
      detail     text           not null check (length(detail) <= 512),
      message    bytea,
      kept_at    timestamptz(3) not null,
      digest     bytea          not null
    )`.execute(db);
  await sql`create index evidence_code on link.evidence (code, kept_at)`.execute(db);
  await digestRows(db, 'evidence', {
    id: 'text',
    origin: 'text',
    sm3: 'bytes',
    code: 'text',
    detail: 'text',
    message: 'bytes',
    kept_at: 'instant',
  });
  await makeAppendOnly(db, { schema, table: 'evidence' });
}

/** RESYNC: what is to be sent again from what is stored. Headers have no lane. */
async function createRepetitions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.repetition (
      id            uuid           primary key,
      lane          smallint       references link.lane,
      next_sequence bigint         not null check (next_sequence >= 0),
      until         bigint         not null,
      reason        text           not null check (length(reason) <= 64),
      asked_at      timestamptz(3) not null,
      done_at       timestamptz(3) check (done_at >= asked_at),
      digest        bytea          not null
    )`.execute(db);
  await sql`
    create index repetition_open on link.repetition (asked_at) where done_at is null`.execute(db);
  await digestRows(db, 'repetition', {
    id: 'text',
    lane: 'text',
    next_sequence: 'text',
    until: 'text',
    reason: 'text',
    asked_at: 'instant',
    done_at: 'instant',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'repetition',
    columns: ['next_sequence', 'done_at', 'digest'],
  });
}

/** The supervisory side has frozen the chain or a lane; only its signed UNFREEZE lifts that. */
async function createFreezes(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.lane_freeze (
      scope     text           primary key check (length(scope) between 1 and 16),
      height    bigint         not null check (height >= 0),
      reason    text           not null check (length(reason) <= 256),
      frozen_at timestamptz(3) not null,
      lifted_at timestamptz(3) check (lifted_at >= frozen_at),
      digest    bytea          not null
    )`.execute(db);
  await digestRows(db, 'lane_freeze', {
    scope: 'text',
    height: 'text',
    reason: 'text',
    frozen_at: 'instant',
    lifted_at: 'instant',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'lane_freeze',
    columns: ['height', 'reason', 'frozen_at', 'lifted_at', 'digest'],
  });
}
