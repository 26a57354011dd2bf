/** The body of a fund-settlement object: the price leg of one transfer with its balances. */
import type { Fen } from '#libs/quantity/money.ts';
import type { ObjectReference } from '../transfer.ts';

/** What the posting fixed; the bytes follow from it alone. */
export interface FundSettlementFigures {
  readonly serialNumber: string;
  /** With the market's offset, +08:00. */
  readonly settledAt: string;
  readonly amountFen: Fen;
  readonly payerBeforeFen: Fen;
  readonly payerAfterFen: Fen;
  readonly payeeBeforeFen: Fen;
  readonly payeeAfterFen: Fen;
  readonly note?: string;
}

export interface FundSettlementReferences {
  readonly product: ObjectReference;
  readonly transferReport: ObjectReference;
  readonly payerAccount: ObjectReference;
  readonly payeeAccount: ObjectReference;
}

/** Settlement type 1: delivery versus payment between clients. */
const settlementType = 1;
const currencyCny = '156';

/** Two places, exact: below 10^15 fen the double prints back to the same decimal. */
function yuan(amount: Fen): number {
  return Number(amount) / 100;
}

const text = (reference: ObjectReference): string => `${reference.objectId}/${reference.version}`;

export function fundSettlementBody(
  figures: FundSettlementFigures,
  references: FundSettlementReferences,
): Readonly<Record<string, unknown>> {
  return {
    capital_settlement_information: {
      basic_information_capital_settlement: {
        settlement_type: settlementType,
        settlement_serial_number: figures.serialNumber,
        settlement_time: figures.settledAt,
        settlement_product_ref: text(references.product),
        settlement_transaction_ref: text(references.transferReport),
        settlement_currency: currencyCny,
        settlement_value: yuan(figures.amountFen),
        settlement_information_maintenance_time: figures.settledAt,
        ...(figures.note === undefined ? {} : { settlement_note: figures.note }),
      },
      transferor_information: {
        settlement_out_account_object_ref: text(references.payerAccount),
        settlement_out_account_balance_before_transfer: yuan(figures.payerBeforeFen),
        settlement_out_account_balance_after_transfer: yuan(figures.payerAfterFen),
      },
      transferee_information: {
        settlement_in_account_object_ref: text(references.payeeAccount),
        settlement_in_account_balance_before_transfer: yuan(figures.payeeBeforeFen),
        settlement_in_account_balance_after_transfer: yuan(figures.payeeAfterFen),
      },
    },
  };
}
