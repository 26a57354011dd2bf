/** The balances of a registration object that has passed its schema. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';

export interface Balances {
  readonly available_registration: {
    readonly register_asset_balance_before: number;
    readonly register_asset_balance_after: number;
  };
  readonly pledge_registration: {
    readonly register_pledge_balance_before: number;
    readonly register_pledge_balance_after: number;
  };
  readonly freezing_registration: {
    readonly register_frozen_balance: number;
    readonly register_frozen_balance_after: number;
  };
}

export const balancesOf = (object: RegulatorObject): Balances =>
  (object.body as { registration_information: { registration_rights: Balances } })
    .registration_information.registration_rights;
