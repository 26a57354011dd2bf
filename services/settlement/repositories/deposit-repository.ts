/** Deposits that clients announced, and the bank's statement as far as it was taken. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { BankConfirmation } from '../bank/bank-port.ts';

export interface Deposit {
  readonly id: Uuid;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly reference: string;
  readonly state: 'announced' | 'confirmed' | 'mismatched';
  readonly announcedAt: Instant;
  readonly confirmedAt: Instant | null;
  readonly reason: string | null;
}

const columns = sql.raw(`id, fund_account_id as "fundAccountId", amount_fen as "amountFen",
  reference, state, announced_at as "announcedAt", confirmed_at as "confirmedAt", reason`);

export async function insertDeposit(
  tx: Executor,
  deposit: Pick<Deposit, 'id' | 'fundAccountId' | 'amountFen' | 'reference' | 'announcedAt'>,
): Promise<boolean> {
  const { id, fundAccountId, amountFen, reference, announcedAt } = deposit;
  const inserted = await sql`
    insert into deposit (id, fund_account_id, amount_fen, reference, announced_at)
    values (${id}, ${fundAccountId}, ${amountFen}, ${reference}, ${announcedAt})
    on conflict (reference) do nothing`.execute(tx);
  return inserted.numAffectedRows === 1n;
}

export async function findDeposit(db: Executor, id: string): Promise<Deposit | undefined> {
  const found = await sql<Deposit>`select ${columns} from deposit where id = ${id}`.execute(db);
  return found.rows[0];
}

export async function isReferenceUsed(db: Executor, reference: string): Promise<boolean> {
  const found = await sql`select 1 from deposit where reference = ${reference}`.execute(db);
  return found.rows.length > 0;
}

export async function lockAnnouncedDeposit(
  tx: Executor,
  reference: string,
): Promise<Deposit | undefined> {
  const found = await sql<Deposit>`
    select ${columns} from deposit where reference = ${reference} and state = 'announced'
    for update`.execute(tx);
  return found.rows[0];
}

export async function endDeposit(
  tx: Executor,
  id: Uuid,
  at: Instant,
  reason: string | null,
): Promise<void> {
  await sql`
    update deposit set state = ${reason === null ? 'confirmed' : 'mismatched'},
      confirmed_at = ${at}, reason = ${reason}
    where id = ${id} and state = 'announced'`.execute(tx);
}

export async function lastBankSequence(db: Executor): Promise<bigint> {
  const found = await sql<{ last: bigint }>`
    select coalesce(max(bank_sequence), 0)::bigint as last from bank_confirmation`.execute(db);
  return found.rows[0]?.last ?? 0n;
}

/** False where the line was taken before. */
export async function insertConfirmation(
  tx: Executor,
  line: BankConfirmation,
  outcome: 'matched' | 'mismatched' | 'unknown',
  takenAt: Instant,
): Promise<boolean> {
  const inserted = await sql`
    insert into bank_confirmation (bank_sequence, direction, reference, fund_account_id,
      amount_fen, booked_at, taken_at, outcome)
    values (${line.bankSequence}, ${line.direction}, ${line.reference}, ${line.fundAccountId},
      ${line.amountFen}, ${line.bookedAt}, ${takenAt}, ${outcome})
    on conflict (bank_sequence) do nothing`.execute(tx);
  return inserted.numAffectedRows === 1n;
}
