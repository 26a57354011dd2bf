/** The demonstration bank: a statement in the database; each payment order is booked at once. */
import { sql } from 'kysely';
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { ok } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { BankConfirmation, BankPort, PaymentOrder } from './bank-port.ts';

export type BankEntry = Pick<
  BankConfirmation,
  'direction' | 'reference' | 'fundAccountId' | 'amountFen'
>;

/** Books a line on the statement; false where the reference was used before. */
export async function bookAtEmbeddedBank(
  tx: Executor,
  entry: BankEntry,
  bookedAt: Instant,
): Promise<boolean> {
  // Statement numbers have no gaps, so bookings stand in one queue.
  await sql`select pg_advisory_xact_lock(hashtext('embedded-bank'))`.execute(tx);
  const booked = await sql`
    insert into embedded_bank_entry
      (bank_sequence, direction, reference, fund_account_id, amount_fen, booked_at)
    select coalesce(max(bank_sequence), 0) + 1, ${entry.direction}, ${entry.reference},
      ${entry.fundAccountId}::uuid, ${entry.amountFen}::bigint, ${bookedAt}::timestamptz
    from embedded_bank_entry
    on conflict (direction, reference) do nothing`.execute(tx);
  return booked.numAffectedRows === 1n;
}

export function createEmbeddedBank(db: Database<unknown>, clock: Clock): BankPort {
  return {
    confirmationsAfter: async (bankSequence, limit) => {
      const found = await sql<BankConfirmation>`
        select bank_sequence as "bankSequence", direction, reference,
          fund_account_id as "fundAccountId", amount_fen as "amountFen", booked_at as "bookedAt"
        from embedded_bank_entry where bank_sequence > ${bankSequence}
        order by bank_sequence limit ${limit}`.execute(db);
      return found.rows;
    },
    pay: async ({ reference, fundAccountId, amountFen }: PaymentOrder) => {
      await inTransaction<unknown, boolean, never>(db, 'read committed', async (tx) =>
        ok(
          await bookAtEmbeddedBank(
            tx,
            { direction: 'out', reference, fundAccountId, amountFen },
            clock.now(),
          ),
        ),
      );
    },
  };
}
