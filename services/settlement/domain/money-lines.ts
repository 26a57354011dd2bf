/** Which accounts a settled transfer, its reversal, a deposit and a payout move, and by how much. */
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Fen } from '#libs/quantity/money.ts';
import { type Charge, type ChargeKind, moneyToHold } from './charges.ts';
import type { Transfer } from './transfer.ts';

export interface MoneyLine {
  readonly accountId: Uuid;
  readonly change: bigint;
}

/** Where each kind of charge goes. */
export interface ChargeAccounts {
  readonly fees: Uuid;
  readonly tax: Uuid;
}

const accountFor = (kind: ChargeKind, { fees, tax }: ChargeAccounts): Uuid =>
  kind === 'transfer-fee' ? fees : tax;

/** The account whose money a transfer needs: the buyer's, and in a reversal the one who was paid. */
export const payerOf = (transfer: Transfer): Uuid => transfer.buyerFundAccountId;
export const payeeOf = (transfer: Transfer): Uuid => transfer.sellerFundAccountId;

/** What is held of the payer's money before a transfer settles. */
export const holdOf = (transfer: Transfer): Fen =>
  moneyToHold(transfer.amountFen, transfer.charges);

/**
 * The price leg first, as two lines whose balances the regulator is told; then each charge. Sums to
 * zero by construction.
 */
export function settlementLines(
  transfer: Transfer,
  accounts: ChargeAccounts,
): readonly MoneyLine[] {
  const price: MoneyLine[] = [
    { accountId: payerOf(transfer), change: -transfer.amountFen },
    { accountId: payeeOf(transfer), change: transfer.amountFen },
  ];
  return [
    ...price,
    ...transfer.charges.flatMap((charge) => chargeLines(transfer, charge, accounts)),
  ];
}

function chargeLines(transfer: Transfer, charge: Charge, accounts: ChargeAccounts): MoneyLine[] {
  const payer = charge.side === 'buyer' ? payerOf(transfer) : payeeOf(transfer);
  return [
    { accountId: payer, change: -charge.amountFen },
    { accountId: accountFor(charge.kind, accounts), change: charge.amountFen },
  ];
}
