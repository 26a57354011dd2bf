// An issuer on a whole installation, with holders who can sell and holders who may and can buy.
import type { Api } from '../../services/demo/api.ts';
import {
  importRoster,
  onboardIssuer,
  openBusinessDay,
  proveSuitable,
  readRoster,
  type RosterEntry,
} from '../../services/demo/market-steps.ts';
import { inventHolders } from '../../services/demo/roster-workbook.ts';
import { agree, fundAccountOf, moneyFor, payIn } from '../../services/demo/transfer-steps.ts';

export const sharesEach = 10n;
const sellerCount = 20;
const buyerCount = 10;
/** Identities apart from those of the seed and of demonstrations. */
const run = 61_000;

export interface Market {
  readonly securityId: string;
  readonly sellers: readonly RosterEntry[];
  readonly buyers: readonly RosterEntry[];
  /** Suitable too, without money and of no part in the transfers of `agreeOn`. */
  readonly others: readonly RosterEntry[];
}

/** 200 holders, of whom ten each have the money for `transfers` buys. */
export async function prepareMarket(
  api: Api,
  transfers: number,
  otherCount: number,
): Promise<Market> {
  const businessDate = await openBusinessDay(api);
  const { securityId } = await onboardIssuer(api, run);
  await importRoster(api, securityId, inventHolders(run));
  const { entries } = await readRoster(api, securityId);
  const sellers = entries.slice(0, sellerCount);
  const buyers = entries.slice(sellerCount, sellerCount + buyerCount);
  const others = entries.slice(sellerCount + buyerCount, sellerCount + buyerCount + otherCount);
  for (const { subjectId } of [...buyers, ...others]) {
    await proveSuitable(api, subjectId, businessDate);
  }
  for (const { accountId } of buyers) {
    const money = moneyFor(sharesEach) * BigInt(transfers);
    await payIn(api, await fundAccountOf(api, accountId), money);
  }
  return { securityId, sellers, buyers, others };
}

/** Approved transfers of ten shares, all asked for at once; the sellers and buyers take turns. */
export async function agreeOn(
  api: Api,
  { securityId, sellers, buyers }: Market,
  count: number,
): Promise<readonly string[]> {
  return await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const seller = sellers[index % sellers.length];
      const buyer = buyers[Math.floor(index / sellers.length) % buyers.length];
      if (seller === undefined || buyer === undefined) throw new Error('the roster is short');
      const terms = { sellerAccountId: seller.accountId, buyerAccountId: buyer.accountId };
      return agree(api, { securityId, ...terms, quantity: sharesEach });
    }),
  );
}
