/** Sends payment orders for payouts whose money is held; the bank's statement ends them. */
import { movePayout, payoutsIn } from '../repositories/payout-repository.ts';
import { batchMax, type Step, stepTransaction } from './engine-parts.ts';

export const instructPayouts: Step = async (parts) => {
  const payouts = await payoutsIn(parts.db, 'held', batchMax);
  for (const payout of payouts) {
    await parts.bank.pay({
      reference: payout.id,
      fundAccountId: payout.fundAccountId,
      amountFen: payout.amountFen,
      bankCode: payout.bankCode,
      ...parts.payees.open(payout),
    });
    parts.crashPoint('settlement.after-pay');
    await stepTransaction(parts, (tx) => movePayout(tx, payout.id, 'held', 'instructed'));
  }
  return payouts.length;
};
