/** Sends payment orders for payouts whose money is held; the bank's statement ends them. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import { movePayout, payoutsIn } from '../repositories/payout-repository.ts';
import { batchMax, engineContext, type Step, stepTransaction } from './engine-parts.ts';

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
    await stepTransaction(parts, async (tx) => {
      const isMoved = await movePayout(tx, payout.id, 'held', 'instructed');
      if (!isMoved) return;
      const target = `payout:${payout.id}`;
      await recordAudit(tx, engineContext(parts.clock.now()), {
        action: 'payout-instructed',
        target,
      });
    });
  }
  return payouts.length;
};
