/** Payouts of client money; names and account numbers of payees are stored encrypted. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import type { Instant } from '#libs/time/instant.ts';

export type PayoutState = 'held' | 'instructed' | 'paid' | 'returned';

export interface Payout {
  readonly id: Uuid;
  readonly fundAccountId: Uuid;
  readonly amountFen: Fen;
  readonly bankCode: string;
  readonly bankAccountCipher: Uint8Array;
  readonly bankAccountMasked: string;
  readonly payeeNameCipher: Uint8Array;
  readonly state: PayoutState;
  readonly requestedAt: Instant;
  readonly endedAt: Instant | null;
  readonly reason: string | null;
}

const columns = sql.raw(`id, fund_account_id as "fundAccountId", amount_fen as "amountFen",
  bank_code as "bankCode", bank_account_cipher as "bankAccountCipher",
  bank_account_masked as "bankAccountMasked", payee_name_cipher as "payeeNameCipher", state,
  requested_at as "requestedAt", ended_at as "endedAt", reason`);

export type NewPayout = Omit<Payout, 'state' | 'endedAt' | 'reason'>;

export async function insertPayout(tx: Executor, payout: NewPayout): Promise<void> {
  const p = payout;
  await sql`
    insert into payout (id, fund_account_id, amount_fen, bank_code, bank_account_cipher,
      bank_account_masked, payee_name_cipher, requested_at)
    values (${p.id}, ${p.fundAccountId}, ${p.amountFen}, ${p.bankCode}, ${p.bankAccountCipher},
      ${p.bankAccountMasked}, ${p.payeeNameCipher}, ${p.requestedAt})`.execute(tx);
}

export async function findPayout(db: Executor, id: string): Promise<Payout | undefined> {
  const found = await sql<Payout>`select ${columns} from payout where id = ${id}`.execute(db);
  return found.rows[0];
}

export async function payoutsIn(
  db: Executor,
  state: PayoutState,
  limit: number,
): Promise<readonly Payout[]> {
  const found = await sql<Payout>`
    select ${columns} from payout where state = ${state} order by id limit ${limit}`.execute(db);
  return found.rows;
}

export async function movePayout(
  tx: Executor,
  id: Uuid,
  from: PayoutState,
  to: PayoutState,
  ended?: { readonly at: Instant; readonly reason?: string },
): Promise<boolean> {
  const moved = await sql`
    update payout set state = ${to}, ended_at = ${ended?.at ?? null}, reason = ${ended?.reason ?? null}
    where id = ${id} and state = ${from}`.execute(tx);
  return moved.numAffectedRows === 1n;
}

/** The payout a statement line of that reference speaks of, in any state. */
export async function lockPayout(tx: Executor, id: string): Promise<Payout | undefined> {
  const found = await sql<Payout>`
    select ${columns} from payout where id::text = ${id} for update`.execute(tx);
  return found.rows[0];
}
