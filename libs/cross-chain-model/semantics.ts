// Rules that a JSON schema cannot say: arithmetic of balances and equality of parties.
import type { ObjectFault } from './fault.ts';
import type { RegulatorObject } from './object.ts';

type Numbers = Readonly<Record<string, number>>;

const rights = '/body/registration_information/registration_rights';

function at(object: unknown, pointer: string): unknown {
  let value = object;
  for (const part of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[part];
  }
  return value;
}

function balanceFault(
  object: RegulatorObject,
  pointer: string,
  names: { before: string; change: string; after: string },
): ObjectFault[] {
  const block = at(object, pointer) as Numbers;
  const before = BigInt(block[names.before] ?? 0);
  const change = BigInt(block[names.change] ?? 0);
  if (before + change === BigInt(block[names.after] ?? 0)) return [];
  const message = 'before plus change must equal after';
  return [{ pointer: `${pointer}/${names.after}`, keyword: 'balance', message }];
}

function registrationFaults(object: RegulatorObject): ObjectFault[] {
  return [
    ...balanceFault(object, `${rights}/available_registration`, {
      before: 'register_asset_balance_before',
      change: 'register_asset_balance_change',
      after: 'register_asset_balance_after',
    }),
    ...balanceFault(object, `${rights}/pledge_registration`, {
      before: 'register_pledge_balance_before',
      change: 'register_pledge_balance_change',
      after: 'register_pledge_balance_after',
    }),
    ...balanceFault(object, `${rights}/freezing_registration`, {
      before: 'register_frozen_balance',
      change: 'register_frozen_balance_change',
      after: 'register_frozen_balance_after',
    }),
  ];
}

const fen = (yuan: number | undefined): bigint => BigInt(Math.round((yuan ?? 0) * 100));

function settlementFaults(object: RegulatorObject): ObjectFault[] {
  const base = '/body/capital_settlement_information';
  const basic = at(object, `${base}/basic_information_capital_settlement`) as Numbers;
  const value = fen(basic['settlement_value']);
  const faults: ObjectFault[] = [];
  for (const [side, sign, part] of [
    ['transferor_information', -1n, 'out'],
    ['transferee_information', 1n, 'in'],
  ] as const) {
    const pointer = `${base}/${side}`;
    const block = at(object, pointer) as Numbers;
    const before = fen(block[`settlement_${part}_account_balance_before_transfer`]);
    const name = `settlement_${part}_account_balance_after_transfer`;
    if (before + sign * value !== fen(block[name])) {
      const message = 'before and value do not give after';
      faults.push({ pointer: `${pointer}/${name}`, keyword: 'balance', message });
    }
  }
  return faults;
}

function transferFaults(object: RegulatorObject): ObjectFault[] {
  const pointer =
    '/body/transaction_report_information/transaction_information/transaction_party_information';
  const parties = at(object, pointer) as Readonly<Record<string, string>>;
  const seller = parties['transaction_investor_original_ref'];
  const buyer = parties['transaction_investor_counterparty_ref'];
  if (seller?.split('/')[0] !== buyer?.split('/')[0]) return [];
  const message = 'a transfer names two different parties';
  const field = `${pointer}/transaction_investor_counterparty_ref`;
  return [{ pointer: field, keyword: 'distinct', message }];
}

/** Faults of an object that has already passed its schema. */
export function semanticFaults(object: RegulatorObject): readonly ObjectFault[] {
  if (object.header.content.operation === 'delete') return [];
  switch (object.header.content.type) {
    case 'registration':
      return registrationFaults(object);
    case 'settlement':
      return settlementFaults(object);
    case 'transactionreport':
      return transferFaults(object);
    default:
      return [];
  }
}
