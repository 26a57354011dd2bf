/** The transaction report (转让报告): one delivered transfer, or the reversal of one. */
import { assert } from '#libs/result/result.ts';
import { isInstant, toUnixSeconds } from '#libs/time/instant.ts';
import { type ObjectFact, referenceAt } from '../object-fact.ts';
import { parseSignedShares } from '../signed-shares.ts';
import { modelDateTime } from './model-time.ts';
import type { ObjectBody } from './subject-object.ts';

export interface TransferReportFigures {
  readonly purpose: 'trade' | 'reversal';
  readonly serial: string;
  readonly quantity: string;
  /** Yuan with four decimals. */
  readonly unitPrice: string;
  readonly method: '1' | '2';
  readonly agreementHash: string;
  readonly agreementNumber: string;
  readonly dealTime: string;
  /** The report of the transfer that this one undoes. */
  readonly reverses: { readonly objectId: string; readonly version: string } | null;
}

/** transaction_type: 3 trade transfer, 255 other. */
const transactionType = { trade: 3, reversal: 255 } as const;
const MARKET_OF_THE_REGION = 1;
const IN_CUSTODY = 1;
const CURRENCY_YUAN = '156';

export function transferReportBody(fact: ObjectFact): ObjectBody {
  // The figures of this class are written by the ledger's own postings alone.
  const figures = fact.figures as unknown as TransferReportFigures;
  return {
    transaction_report_information: {
      basic_transaction_information: {
        basic_information_remark: {
          transaction_market_type: MARKET_OF_THE_REGION,
          transaction_type: transactionType[figures.purpose],
          transaction_method: figures.method === '1' ? 1 : 2,
          ...(figures.reverses === null ? {} : { transaction_description: citation(figures) }),
          transaction_create_time: modelDateTime(fact.timestampSeconds),
        },
        trading_asset_information: {
          asset_custody_state: { transaction_product_custody_status: IN_CUSTODY },
          custody_asset_transaction: {
            transaction_custody_product_ref: referenceAt(fact, 'transaction_custody_product_ref'),
          },
        },
      },
      transaction_information: transactionInformation(fact, figures),
    },
  };
}

function transactionInformation(fact: ObjectFact, figures: TransferReportFigures): ObjectBody {
  return {
    transaction_content_information: {
      transaction_series_number: figures.serial,
      transaction_settlement_currency: CURRENCY_YUAN,
      transaction_settlement_price: priceNumber(figures.unitPrice),
      transaction_settlement_quantity: parseSignedShares(figures.quantity),
      transaction_settlement_time: dealTime(figures.dealTime),
    },
    transaction_party_information: {
      transaction_investor_original_ref: referenceAt(fact, 'transaction_investor_original_ref'),
      transaction_investor_counterparty_ref: referenceAt(
        fact,
        'transaction_investor_counterparty_ref',
      ),
    },
    transaction_verification_information: {
      transaction_verification_doc: [
        {
          uri: `urn:sm3:${figures.agreementHash}`,
          hash: figures.agreementHash,
          file_name: figures.agreementNumber,
          file_number: figures.agreementNumber,
          summary: '股权转让协议',
        },
      ],
    },
  };
}

function citation({ reverses }: TransferReportFigures): string {
  assert(reverses !== null, 'a reversal cites what it reverses');
  return `冲正 ${reverses.objectId}/${reverses.version}`;
}

function dealTime(text: string): string {
  assert(isInstant(text), `not an instant: ${text}`);
  return modelDateTime(BigInt(toUnixSeconds(text)));
}

const PRICE = /^(?:0|[1-9][0-9]{0,9})\.[0-9]{4}$/;

/** Fourteen digits at most, so that a double keeps every one. */
function priceNumber(text: string): number {
  assert(PRICE.test(text), `not a price: ${text}`);
  const value: unknown = JSON.parse(text);
  assert(typeof value === 'number', `not a price: ${text}`);
  return value;
}
