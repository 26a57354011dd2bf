// Objects that build on each other as a market's do, so that a judge of their sense accepts them.
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { newObject, refer } from './link-rig.ts';

export const referenceTo = ({ header }: RegulatorObject): string =>
  `${header.content.object_id}/${header.content.version}`;

interface AccountBody {
  readonly account_information: {
    readonly basic_account_information: { account_type: number };
    account_related_information?: unknown;
  };
}

/** The sample is a fund account, which is associated with another; this one stands by itself. */
export function securitiesAccount(subject: RegulatorObject): RegulatorObject {
  return newObject('account', (object) => {
    const { account_information: account } = object.body as unknown as AccountBody;
    account.basic_account_information.account_type = 1;
    delete account.account_related_information;
    refer(object, { SUB: referenceTo(subject) });
  });
}

export function productOf(issuer: RegulatorObject): RegulatorObject {
  return newObject('product', (object) => refer(object, { SUB: referenceTo(issuer) }));
}

interface Balance {
  register_asset_balance_change: number;
  register_asset_balance_before: number;
  register_asset_balance_after: number;
}

/** The holding of an account after a transfer; with `before` the next version of the same. */
export function holding(
  refers: Readonly<Record<'SUB' | 'ACC' | 'PRD' | 'TRD', string>>,
  change: number,
  before?: RegulatorObject,
): RegulatorObject {
  return newObject('registration', (object) => {
    refer(object, refers);
    const held = before === undefined ? 0 : balanceOf(before).register_asset_balance_after;
    const balance = balanceOf(object);
    balance.register_asset_balance_before = held;
    balance.register_asset_balance_change = change;
    balance.register_asset_balance_after = held + change;
    if (before === undefined) return;
    const { content } = object.header;
    content.object_id = before.header.content.object_id;
    content.version = before.header.content.version + 1;
    content.operation = 'update';
  });
}

function balanceOf(object: RegulatorObject): Balance {
  const body = object.body as {
    registration_information: { registration_rights: { available_registration: Balance } };
  };
  return body.registration_information.registration_rights.available_registration;
}

/** The report, the buyer's holding and the settlement of one transfer. */
export function transfer(parties: {
  readonly product: RegulatorObject;
  readonly subject: RegulatorObject;
  readonly account: RegulatorObject;
  readonly shares: number;
  readonly heldBefore?: RegulatorObject;
}): readonly [RegulatorObject, RegulatorObject, RegulatorObject] {
  const PRD = referenceTo(parties.product);
  const SUB = referenceTo(parties.subject);
  const ACC = referenceTo(parties.account);
  const report = newObject('transactionreport', (object) => refer(object, { PRD, SUB }));
  const TRD = referenceTo(report);
  const registration = holding({ SUB, ACC, PRD, TRD }, parties.shares, parties.heldBefore);
  const settlement = newObject('settlement', (object) => refer(object, { PRD, TRD, ACC }));
  return [report, registration, settlement];
}
