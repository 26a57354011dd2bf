/** What a settled transfer posts and reports: one journal, one event with one fund-settlement fact. */
import type { Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { type ChargeAccounts, type MoneyLine, settlementLines } from './money-lines.ts';
import type { Delivery, Transfer } from './transfer.ts';

export interface SettlementIds {
  readonly journalId: Uuid;
  readonly eventId: Uuid;
  /** The fund-settlement object's id is this under its prefix. */
  readonly objectId: Uuid;
  readonly salt: string;
}

export interface PlannedJournal {
  readonly journalId: Uuid;
  readonly kind: 'settlement' | 'reversal';
  readonly businessKey: string;
  readonly businessDate: LocalDate;
  readonly transferId: Uuid;
  readonly lines: readonly MoneyLine[];
}

export function planJournal(
  transfer: Transfer,
  ids: SettlementIds,
  accounts: ChargeAccounts,
): PlannedJournal {
  return {
    journalId: ids.journalId,
    kind: transfer.kind === 'transfer' ? 'settlement' : 'reversal',
    businessKey: `transfer:${transfer.id}`,
    businessDate: deliveryOf(transfer).businessDate,
    transferId: transfer.id,
    lines: settlementLines(transfer, accounts),
  };
}

/** Balances of the two price lines, as the posting left them. Unit: fen. */
export interface PriceLegBalances {
  readonly payerAfterFen: bigint;
  readonly payeeAfterFen: bigint;
}

export function planEvent(
  transfer: Transfer,
  ids: SettlementIds,
  balances: PriceLegBalances,
  settledAt: string,
) {
  const delivery = deliveryOf(transfer);
  const { references } = delivery;
  const payer = references.buyerFundAccount;
  const payee = references.sellerFundAccount;
  const amount = transfer.amountFen;
  const isReversal = transfer.kind === 'reversal';
  return {
    eventId: ids.eventId,
    securityId: transfer.securityId,
    kind: isReversal ? ('transfer-reversed' as const) : ('transfer-settled' as const),
    businessDate: delivery.businessDate,
    transferId: transfer.id,
    journalId: ids.journalId,
    fact: {
      objectId: `STL-${ids.objectId}`,
      version: '0',
      revision: '0',
      operation: 'create' as const,
      salt: ids.salt,
      refs: [
        { path: 'product', ...references.product },
        { path: 'transferReport', ...references.transferReport },
        { path: 'payerAccount', ...payer },
        { path: 'payeeAccount', ...payee },
      ],
      figures: {
        serialNumber: transfer.id,
        settledAt,
        amountFen: amount.toString(),
        payerBeforeFen: (balances.payerAfterFen + amount).toString(),
        payerAfterFen: balances.payerAfterFen.toString(),
        payeeBeforeFen: (balances.payeeAfterFen - amount).toString(),
        payeeAfterFen: balances.payeeAfterFen.toString(),
        ...(isReversal ? { note: `冲正 ${transfer.originalId ?? ''}` } : {}),
      },
    },
  };
}

function deliveryOf(transfer: Transfer): Delivery {
  assert(transfer.delivery !== null, `transfer ${transfer.id} is not delivered`);
  return transfer.delivery;
}
