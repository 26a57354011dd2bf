/** The product object (产品): one security of an issuer in custody. */
import {
  productScaleUnit,
  productTransactionStatus,
  productType,
} from '#libs/cross-chain-model/code-lists.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { shares, toShareNumber } from '#libs/quantity/shares.ts';
import { fen, toYuanNumber } from '#libs/quantity/money.ts';
import { type NewObjectFact, type ObjectFact, objectIdOf, referenceAt } from '../object-fact.ts';
import { modelDateTime } from './model-time.ts';
import {
  type ObjectBody,
  type ObjectStep,
  type ReportedDocument,
  reportedDocument,
} from './subject-object.ts';

export interface ProductFigures {
  readonly securityId: Uuid;
  readonly code: string;
  readonly name: string;
  readonly abbreviation: string;
  readonly productType: string;
  readonly issuedCapital: string;
  readonly registeredCapitalFen: string;
  readonly status: 'active' | 'suspended' | 'exited';
  readonly holdersMax: number;
  readonly gapTradingDays: number;
  readonly marketName: string;
  readonly issuerName: string;
  readonly onboardedOn: string;
  readonly agreement: ReportedDocument;
}

export interface ProductPins {
  readonly issuerId: Uuid;
  readonly issuerVersion: bigint;
  readonly marketId: Uuid;
  readonly marketVersion: bigint;
}

export function productFact(
  figures: ProductFigures,
  pins: ProductPins,
  step: ObjectStep,
): NewObjectFact {
  return {
    class: 'product',
    objectId: objectIdOf('product', figures.securityId),
    ...step,
    keyOwner: { kind: 'security', id: figures.securityId },
    references: [
      {
        path: 'product_issuer_subject_ref',
        objectId: objectIdOf('subject', pins.issuerId),
        version: pins.issuerVersion,
      },
      {
        path: 'product_market_subject_ref',
        objectId: objectIdOf('subject', pins.marketId),
        version: pins.marketVersion,
      },
    ],
    figures: { ...figures, agreement: { ...figures.agreement } },
  };
}

export function productBody(fact: ObjectFact): ObjectBody {
  // The figures of this class are written by productFact alone.
  const figures = fact.figures as unknown as ProductFigures;
  const issued = toShareNumber(shares(BigInt(figures.issuedCapital)));
  return {
    product_information: {
      essential_information: {
        basic_product_information: basic(fact, figures, issued),
      },
      release_information: {
        equity_issue_information: {
          product_shares_issued_class: [0],
          product_after_authorized_shares: issued,
          product_registered_capital_issuance: toYuanNumber(
            fen(BigInt(figures.registeredCapitalFen)),
          ),
        },
      },
      transaction_information: {
        transaction_status: {
          product_transaction_status:
            figures.status === 'active'
              ? productTransactionStatus.open
              : productTransactionStatus.suspended,
        },
        listing_information: {
          product_transfer_lockup_days: figures.gapTradingDays,
          product_listing_code: figures.code,
          product_listing_date: figures.onboardedOn,
        },
      },
      escrow_information: {
        product_custodian_registration_date: figures.onboardedOn,
        product_custodian_documents: [reportedDocument(figures.agreement)],
      },
    },
  };
}

const productTypes: Readonly<Record<string, number>> = productType;

function basic(fact: ObjectFact, figures: ProductFigures, issued: number): ObjectBody {
  return {
    product_trading_market_category: 1,
    product_market_subject_ref: referenceAt(fact, 'product_market_subject_ref'),
    product_market_subject_name: figures.marketName,
    product_issuer_subject_ref: referenceAt(fact, 'product_issuer_subject_ref'),
    product_issuer_name: figures.issuerName,
    product_code: figures.code,
    product_name: figures.name,
    product_name_abbreviation: figures.abbreviation,
    // R1 lets in no type that the list lacks.
    product_type: productTypes[figures.productType] ?? productType.share,
    product_account_number_max: figures.holdersMax,
    product_scale_unit: productScaleUnit.share,
    product_scale_currency: '156',
    product_scale: issued,
    product_create_time: modelDateTime(fact.timestampSeconds),
  };
}
