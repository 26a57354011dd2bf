/** Rows of accounts, those of investors and those that a security has of its own. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { AccountKind, AccountStatus } from '../domain/account.ts';
import type { Registered } from './subject-repository.ts';

export interface Account {
  readonly accountId: Uuid;
  readonly subjectId: Uuid;
  readonly kind: AccountKind;
  readonly number: string;
  /** The securities account that a fund account is tied to; its object refers to it. */
  readonly linkedAccountId: Uuid | null;
  /** The other account of the pair, from either end. */
  readonly tiedAccountId: Uuid | null;
  readonly status: AccountStatus;
  readonly openedOn: LocalDate;
  readonly version: bigint;
  readonly revision: bigint;
}

interface AccountRow {
  readonly id: Uuid;
  readonly subject_id: Uuid;
  readonly kind: AccountKind;
  readonly number: string;
  readonly linked_account_id: Uuid | null;
  readonly tied_account_id: Uuid | null;
  readonly status: AccountStatus;
  readonly opened_on: LocalDate;
  readonly version: bigint;
  readonly revision: bigint;
}

const COLUMNS = `a.id, a.subject_id, a.kind, a.number, a.linked_account_id, a.status, a.opened_on,
  a.version, a.revision, coalesce(a.linked_account_id,
    (select f.id from account f where f.linked_account_id = a.id)) as tied_account_id`;

export interface AccountToInsert {
  readonly accountId: Uuid;
  readonly subjectId: Uuid;
  readonly kind: AccountKind;
  readonly number: string;
  readonly linkedAccountId?: Uuid;
  readonly securityId?: Uuid;
}

const INSERT = `
  insert into account (id, subject_id, kind, number, linked_account_id, security_id, status,
    opened_on, recorded_at)
  select r.id, r.subject_id, r.kind, r.number, r.linked, r.security, 'normal', $7, $8
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[])
    as r (id, subject_id, kind, number, linked, security)`;

/** Securities accounts must stand before the fund accounts that are tied to them. */
export async function insertAccounts(
  tx: Executor,
  accounts: readonly AccountToInsert[],
  registered: Registered,
): Promise<void> {
  if (accounts.length === 0) return;
  await prepared(tx, 'account_insert', INSERT, [
    accounts.map((account) => account.accountId),
    accounts.map((account) => account.subjectId),
    accounts.map((account) => account.kind),
    accounts.map((account) => account.number),
    accounts.map((account) => account.linkedAccountId ?? null),
    accounts.map((account) => account.securityId ?? null),
    registered.on,
    registered.at,
  ]);
}

/** Serial numbers of accounts; never given twice, gaps are harmless. */
export async function takeAccountSerials(tx: Executor, count: number): Promise<bigint[]> {
  const text = `select nextval('account_number') as serial from generate_series(1, $1::int)`;
  const rows = await prepared<{ serial: bigint }>(tx, 'account_serials', text, [count]);
  return rows.map((row) => row.serial);
}

export async function findAccount(db: Executor, accountId: string): Promise<Account | undefined> {
  const text = `select ${COLUMNS} from account a where a.id = $1`;
  const [row] = await prepared<AccountRow>(db, 'account_find', text, [accountId]);
  return row === undefined ? undefined : toAccount(row);
}

export async function lockAccount(tx: Executor, accountId: string): Promise<Account | undefined> {
  const text = `select ${COLUMNS} from account a where a.id = $1 for no key update`;
  const [row] = await prepared<AccountRow>(tx, 'account_lock', text, [accountId]);
  return row === undefined ? undefined : toAccount(row);
}

/** Investors' accounts only, newest first. */
export async function listAccounts(
  db: Executor,
  page: {
    readonly subjectId?: string | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
  },
): Promise<Account[]> {
  const text = `
    select ${COLUMNS} from account a
    where a.kind in ('securities', 'fund') and ($1::uuid is null or a.subject_id = $1)
      and ($2::uuid is null or a.id < $2)
    order by a.id desc limit $3`;
  const rows = await prepared<AccountRow>(db, 'account_list', text, [
    page.subjectId ?? null,
    page.before ?? null,
    page.limit,
  ]);
  return rows.map(toAccount);
}

/** The open accounts of the kind that the subjects have. */
export async function openAccountsOf(
  db: Executor,
  subjectIds: readonly string[],
  kind: 'securities' | 'fund',
): Promise<Account[]> {
  const text = `
    select ${COLUMNS} from account a
    where a.subject_id = any($1::uuid[]) and a.kind = $2 and a.status <> 'closed'`;
  const rows = await prepared<AccountRow>(db, 'account_open_of', text, [[...subjectIds], kind]);
  return rows.map(toAccount);
}

/** Makes the next version, or another revision of the present one; the caller holds the row. */
export async function advanceAccount(
  tx: Executor,
  account: Account,
  operation: 'update' | 'overwrite',
): Promise<Account> {
  const next =
    operation === 'update'
      ? { version: account.version + 1n, revision: 0n }
      : { version: account.version, revision: account.revision + 1n };
  const text = 'update account set version = $2, revision = $3 where id = $1';
  await prepared(tx, 'account_advance', text, [account.accountId, next.version, next.revision]);
  return { ...account, ...next };
}

function toAccount(row: AccountRow): Account {
  return {
    accountId: row.id,
    subjectId: row.subject_id,
    kind: row.kind,
    number: row.number,
    linkedAccountId: row.linked_account_id,
    tiedAccountId: row.tied_account_id,
    status: row.status,
    openedOn: row.opened_on,
    version: row.version,
    revision: row.revision,
  };
}
