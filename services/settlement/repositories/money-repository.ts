/** Client money: accounts, holds and postings, by the functions of the schema. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import { assert } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export type OwnAccount = 'bank' | 'fees' | 'tax' | 'suspense';
export type JournalKind =
  | 'deposit'
  | 'settlement'
  | 'reversal'
  | 'payout'
  | 'payout-return'
  | 'suspense';

export interface JournalLine {
  readonly accountId: Uuid;
  readonly change: bigint;
}

export interface Journal {
  readonly journalId: Uuid;
  readonly kind: JournalKind;
  /** Unique for ever: one business key, one journal. */
  readonly businessKey: string;
  readonly businessDate: LocalDate;
  readonly transferId?: Uuid;
  readonly lines: readonly JournalLine[];
}

export interface Posting {
  readonly journalId: Uuid;
  readonly line: number;
  readonly accountId: Uuid;
  readonly changeFen: Fen;
  readonly afterFen: Fen;
}

export interface MoneyAccount {
  readonly id: Uuid;
  readonly balanceFen: Fen;
  readonly heldFen: Fen;
}

export interface Hold {
  readonly instructionId: Uuid;
  readonly accountId: Uuid;
  readonly amountFen: Fen;
}

/** Opens what is missing; a client account is keyed by the registry's fund account. */
export async function openClientAccounts(tx: Executor, ids: readonly Uuid[]): Promise<void> {
  await sql`
    insert into money_account (id, kind, currency)
    select distinct id, 'client', 'CNY' from unnest(${ids}::uuid[]) as id order by id
    on conflict do nothing`.execute(tx);
}

/** The market's own accounts; made at the service's start by `openOwnAccounts`. */
export async function ownAccounts(db: Executor): Promise<Readonly<Record<OwnAccount, Uuid>>> {
  const found = await sql<{ kind: OwnAccount; id: Uuid }>`
    select kind, id from money_account where kind <> 'client'`.execute(db);
  const byKind = Object.fromEntries(found.rows.map(({ kind, id }) => [kind, id]));
  for (const kind of ['bank', 'fees', 'tax', 'suspense']) {
    assert(byKind[kind] !== undefined, `the ${kind} account is not open`);
  }
  return byKind as Record<OwnAccount, Uuid>;
}

export async function openOwnAccounts(
  tx: Executor,
  ids: Readonly<Record<OwnAccount, Uuid>>,
): Promise<void> {
  for (const [kind, id] of Object.entries(ids)) {
    await sql`
      insert into money_account (id, kind, currency) values (${id}, ${kind}, 'CNY')
      on conflict do nothing`.execute(tx);
  }
}

/** Of all clients together; the regulator's objects and our decimal strings end there. */
const TOTAL_MAX_FEN = 999_999_999_999_999n;

/** How much more client money can be counted: the bank's mirror and suspense tell the total. */
export async function roomForMoney(tx: Executor): Promise<bigint> {
  const found = await sql<{ total: bigint }>`
    select coalesce(-sum(balance_fen), 0)::bigint as total from money_account
    where kind in ('bank', 'suspense')`.execute(tx);
  return TOTAL_MAX_FEN - (found.rows[0]?.total ?? 0n);
}

/** The instructions whose money is now held; the others lack it. */
export async function holdMoney(
  tx: Executor,
  holds: readonly Hold[],
  at: Instant,
): Promise<ReadonlySet<Uuid>> {
  const held = await sql<{ id: Uuid }>`
    select id from hold_money(${holds.map((hold) => hold.instructionId)}::uuid[],
      ${holds.map((hold) => hold.accountId)}::uuid[],
      ${holds.map((hold) => hold.amountFen)}::bigint[], ${at}::timestamptz) as id`.execute(tx);
  return new Set(held.rows.map((row) => row.id));
}

export async function releaseMoney(
  tx: Executor,
  instructionIds: readonly Uuid[],
  at: Instant,
): Promise<void> {
  await sql`select release_money(${instructionIds}::uuid[], ${at}::timestamptz)`.execute(tx);
}

/** Posts in the order given; refused as a whole where a balance would fall below what is held. */
export async function postMoney(
  tx: Executor,
  journals: readonly Journal[],
  usedHolds: readonly Uuid[],
  at: Instant,
): Promise<readonly Posting[]> {
  const items = JSON.stringify(
    journals.map((journal) => ({
      ...journal,
      lines: journal.lines.map(({ accountId, change }) => ({
        accountId,
        change: change.toString(),
      })),
    })),
  );
  const posted = await sql<Posting>`
    select journal_id as "journalId", line, account_id as "accountId",
      change_fen as "changeFen", after_fen as "afterFen"
    from post_money(${items}::jsonb, ${usedHolds}::uuid[], ${at}::timestamptz)`.execute(tx);
  return posted.rows;
}

export async function findMoneyAccount(
  db: Executor,
  id: string,
): Promise<MoneyAccount | undefined> {
  const found = await sql<MoneyAccount>`
    select id, balance_fen as "balanceFen", held_fen as "heldFen" from money_account
    where id = ${id} and kind = 'client'`.execute(db);
  return found.rows[0];
}

export interface MoneyEntry {
  readonly journalId: Uuid;
  readonly line: number;
  readonly entry: bigint;
  readonly kind: JournalKind;
  readonly businessDate: LocalDate;
  readonly recordedAt: Instant;
  readonly changeFen: Fen;
  readonly afterFen: Fen;
  readonly transferId: Uuid | null;
}

/** Newest first. */
export async function listMoneyEntries(
  db: Executor,
  accountId: string,
  beforeEntry: string | null,
  limit: number,
): Promise<readonly MoneyEntry[]> {
  const found = await sql<MoneyEntry>`
    select p.journal_id as "journalId", p.line, p.entry, j.kind,
      j.business_date as "businessDate", j.recorded_at as "recordedAt",
      p.change_fen as "changeFen", p.after_fen as "afterFen", j.transfer_id as "transferId"
    from money_posting p join money_journal j on j.id = p.journal_id
    where p.account_id = ${accountId}
      and (${beforeEntry}::bigint is null or p.entry < ${beforeEntry}::bigint)
    order by p.entry desc limit ${limit}`.execute(db);
  return found.rows;
}
