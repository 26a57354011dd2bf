/** Client money on the wire: decimal strings of fen. */
import type { components } from '#libs/contracts/generated/settlement.ts';
import type { FeeParameter } from '../domain/charges.ts';
import type { Deposit } from '../repositories/deposit-repository.ts';
import type { MoneyEntry } from '../repositories/money-repository.ts';
import type { Payout } from '../repositories/payout-repository.ts';

type Schemas = components['schemas'];

export const fromDeposit = (deposit: Deposit): Schemas['Deposit'] => ({
  depositId: deposit.id,
  fundAccountId: deposit.fundAccountId,
  amountFen: deposit.amountFen.toString(),
  reference: deposit.reference,
  state: deposit.state,
  announcedAt: deposit.announcedAt,
  ...(deposit.confirmedAt === null ? {} : { confirmedAt: deposit.confirmedAt }),
  ...(deposit.reason === null ? {} : { reason: deposit.reason }),
});

export const fromPayout = (payout: Payout): Schemas['Payout'] => ({
  payoutId: payout.id,
  fundAccountId: payout.fundAccountId,
  amountFen: payout.amountFen.toString(),
  state: payout.state,
  requestedAt: payout.requestedAt,
  bankAccountMasked: payout.bankAccountMasked,
  ...(payout.endedAt === null ? {} : { endedAt: payout.endedAt }),
  ...(payout.reason === null ? {} : { reason: payout.reason }),
});

export const fromMoneyEntry = (entry: MoneyEntry): Schemas['MoneyEntry'] => ({
  journalId: entry.journalId,
  line: entry.line,
  kind: entry.kind,
  businessDate: entry.businessDate,
  recordedAt: entry.recordedAt,
  changeFen: entry.changeFen.toString(),
  balanceAfterFen: entry.afterFen.toString(),
  ...(entry.transferId === null ? {} : { transferId: entry.transferId }),
});

/** A rate holds until the next one of its kind and side starts. */
export function fromFeeParameters(
  parameters: readonly FeeParameter[],
): readonly Schemas['FeeParameter'][] {
  return parameters.map((parameter, index) => {
    const next = parameters[index + 1];
    const isSame = next?.kind === parameter.kind && next.side === parameter.side;
    return {
      kind: parameter.kind,
      side: parameter.side,
      rate: parameter.rate,
      minimumFen: parameter.minimumFen.toString(),
      validFrom: parameter.validFrom,
      validUntil: isSame ? next.validFrom : null,
      source: parameter.source,
    };
  });
}
