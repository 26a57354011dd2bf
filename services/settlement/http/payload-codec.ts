/** Stored payloads of approvals back to commands; asserts, because only our own routes store them. */
import { isUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Fen, fen } from '#libs/quantity/money.ts';
import { assert } from '#libs/result/result.ts';
import { localDate } from '#libs/time/local-date.ts';
import type { FeeParameter } from '../domain/charges.ts';
import type { DepositTerms } from '../use-cases/announce-deposit.ts';
import type { Correction } from '../use-cases/correct-object.ts';
import type { PayoutTerms } from '../use-cases/request-payout.ts';

type Plain = Readonly<Record<string, unknown>>;

const textOf = (payload: Plain, name: string): string => {
  const value = payload[name];
  assert(typeof value === 'string', `${name} is not text`);
  return value;
};

const uuidOf = (payload: Plain, name: string): Uuid => {
  const value = payload[name];
  assert(isUuid(value), `${name} is not a UUID`);
  return value;
};

const fenOf = (payload: Plain, name: string): Fen => fen(BigInt(textOf(payload, name)));

export const reasonedFrom = (payload: Plain) => ({
  transferId: uuidOf(payload, 'transferId'),
  reason: textOf(payload, 'reason'),
});

export const depositFrom = (payload: Plain): DepositTerms => ({
  fundAccountId: uuidOf(payload, 'fundAccountId'),
  amountFen: fenOf(payload, 'amountFen'),
  reference: textOf(payload, 'reference'),
});

export const payoutFrom = (payload: Plain): PayoutTerms => ({
  fundAccountId: uuidOf(payload, 'fundAccountId'),
  amountFen: fenOf(payload, 'amountFen'),
  bankCode: textOf(payload, 'bankCode'),
  bankAccount: textOf(payload, 'bankAccount'),
  payeeName: textOf(payload, 'payeeName'),
});

export function feeParameterFrom(payload: Plain): FeeParameter {
  const kind = textOf(payload, 'kind');
  const side = textOf(payload, 'side');
  assert(kind === 'transfer-fee' || kind === 'stamp-duty', 'unknown kind of charge');
  assert(side === 'buyer' || side === 'seller', 'unknown side');
  return {
    kind,
    side,
    rate: textOf(payload, 'rate'),
    minimumFen: fenOf(payload, 'minimumFen'),
    validFrom: localDate(textOf(payload, 'validFrom')),
    source: textOf(payload, 'source'),
  };
}

export function correctionFrom(payload: Plain): Correction {
  const operation = textOf(payload, 'operation');
  assert(operation === 'overwrite' || operation === 'update', 'unknown operation');
  return {
    objectId: textOf(payload, 'objectId'),
    version: textOf(payload, 'version'),
    operation,
    reason: textOf(payload, 'reason'),
  };
}
