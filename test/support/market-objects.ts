// Objects that build on each other as a market's do, so that a judge of their sense accepts them.
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { newObject, refer } from './link-rig.ts';

const referenceTo = ({ header }: RegulatorObject): string =>
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
function holding(
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

export interface Party {
  readonly subject: RegulatorObject;
  readonly account: RegulatorObject;
}

export function newParty(): Party {
  const subject = newObject('subject');
  return { subject, account: securitiesAccount(subject) };
}

/** The report, the buyer's holding and the settlement of one transfer. */
export function transfer(agreed: {
  readonly product: RegulatorObject;
  readonly seller: Party;
  readonly buyer: Party;
  readonly shares: number;
  /** The buyer's holding after the transfer before. */
  readonly heldBefore?: RegulatorObject | undefined;
}): readonly [RegulatorObject, RegulatorObject, RegulatorObject] {
  const { seller, buyer, shares, heldBefore } = agreed;
  const PRD = referenceTo(agreed.product);
  const report = newObject('transactionreport', (object) =>
    refer(object, {
      PRD,
      SUB: referenceTo(seller.subject),
      transaction_investor_counterparty_ref: referenceTo(buyer.subject),
    }),
  );
  const TRD = referenceTo(report);
  const SUB = referenceTo(buyer.subject);
  const ACC = referenceTo(buyer.account);
  const registration = holding({ SUB, ACC, PRD, TRD }, shares, heldBefore);
  const settlement = newObject('settlement', (object) =>
    refer(object, {
      PRD,
      TRD,
      ACC: referenceTo(seller.account),
      settlement_in_account_object_ref: ACC,
    }),
  );
  return [report, registration, settlement];
}
