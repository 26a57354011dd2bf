/** What a maker submits and a checker approves: the terms of one transfer, and their plain form. */
import { isUuid, type Uuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { shares } from '#libs/quantity/shares.ts';
import { assert } from '#libs/result/result.ts';
import { isInstant } from '#libs/time/instant.ts';
import type { Charge } from './charges.ts';
import type { Transfer } from './transfer.ts';

export type AgreedTransfer = Pick<
  Transfer,
  | 'securityId'
  | 'sellerAccountId'
  | 'buyerAccountId'
  | 'sellerFundAccountId'
  | 'buyerFundAccountId'
  | 'sellerSubjectId'
  | 'buyerSubjectId'
  | 'natureCode'
  | 'quantity'
  | 'unitPrice'
  | 'amountFen'
  | 'charges'
  | 'agreementDocumentId'
  | 'agreementHash'
  | 'agreementNumber'
  | 'dealtAt'
  | 'deadline'
>;

type Plain = Readonly<Record<string, unknown>>;

/** JSON of plain values, for the approval's payload. */
export function toPayload(agreed: AgreedTransfer): Plain {
  return {
    ...agreed,
    quantity: agreed.quantity.toString(),
    amountFen: agreed.amountFen.toString(),
    charges: agreed.charges.map((charge) => ({
      ...charge,
      amountFen: charge.amountFen.toString(),
    })),
  };
}

const uuidOf = (payload: Plain, name: string): Uuid => {
  const value = payload[name];
  assert(isUuid(value), `${name} is not a UUID`);
  return value;
};

const textOf = (payload: Plain, name: string): string => {
  const value = payload[name];
  assert(typeof value === 'string', `${name} is not text`);
  return value;
};

const instantOf = (payload: Plain, name: string) => {
  const value = payload[name];
  assert(isInstant(value), `${name} is not an instant`);
  return value;
};

function chargeFrom(value: Plain): Charge {
  const kind = textOf(value, 'kind');
  const side = textOf(value, 'side');
  assert(kind === 'transfer-fee' || kind === 'stamp-duty', 'unknown kind of charge');
  assert(side === 'buyer' || side === 'seller', 'unknown side');
  return {
    kind,
    side,
    rate: textOf(value, 'rate'),
    amountFen: fen(BigInt(textOf(value, 'amountFen'))),
  };
}

/** The inverse of `toPayload`; asserts, because only what was stored by it comes here. */
export function fromPayload(payload: Plain): AgreedTransfer {
  const charges = payload['charges'];
  assert(Array.isArray(charges), 'charges are not a list');
  return {
    securityId: uuidOf(payload, 'securityId'),
    sellerAccountId: uuidOf(payload, 'sellerAccountId'),
    buyerAccountId: uuidOf(payload, 'buyerAccountId'),
    sellerFundAccountId: uuidOf(payload, 'sellerFundAccountId'),
    buyerFundAccountId: uuidOf(payload, 'buyerFundAccountId'),
    sellerSubjectId: uuidOf(payload, 'sellerSubjectId'),
    buyerSubjectId: uuidOf(payload, 'buyerSubjectId'),
    natureCode: textOf(payload, 'natureCode'),
    quantity: shares(BigInt(textOf(payload, 'quantity'))),
    unitPrice: textOf(payload, 'unitPrice'),
    amountFen: fen(BigInt(textOf(payload, 'amountFen'))),
    charges: charges.map((charge: Plain) => chargeFrom(charge)),
    agreementDocumentId: uuidOf(payload, 'agreementDocumentId'),
    agreementHash: textOf(payload, 'agreementHash'),
    agreementNumber: textOf(payload, 'agreementNumber'),
    dealtAt: instantOf(payload, 'dealtAt'),
    deadline: instantOf(payload, 'deadline'),
  };
}
