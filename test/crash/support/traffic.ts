// What the market does while its parts die: 200 transfers at once, and errands beside them.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, type Json, textOf } from '../../../services/demo/api.ts';
import { personName, residentId } from '../../../services/demo/identities.ts';
import { until } from '../../../services/demo/journey.ts';
import {
  importRoster,
  onboardIssuer,
  openBusinessDay,
  proveSuitable,
  readRoster,
  registerNewcomer,
  type RosterEntry,
} from '../../../services/demo/market-steps.ts';
import { inventHolders } from '../../../services/demo/roster-workbook.ts';
import {
  agree,
  fundAccountOf,
  moneyFor,
  payIn,
  runCycle,
} from '../../../services/demo/transfer-steps.ts';

export const transferCount = 200;
export const sharesEach = 10n;
const sellerCount = 20;
const buyerCount = 10;
/** Identities apart from those of the seed and of demonstrations. */
const run = 61_000;
const firstNewcomer = 12_300_000;
const errandBuyerCount = 16;
const pauseMs = 1_000;
const patienceSeconds = 240;

export interface Market {
  readonly securityId: string;
  readonly sellers: readonly RosterEntry[];
  readonly buyers: readonly RosterEntry[];
  /** For the errands: nobody of the 200 transfers. */
  readonly errandSeller: RosterEntry;
  readonly errandBuyers: readonly RosterEntry[];
}

/** An issuer with 200 holders, of whom ten are suitable and have the money for 20 buys each. */
export async function prepareMarket(api: Api): Promise<Market> {
  const businessDate = await openBusinessDay(api);
  const { securityId } = await onboardIssuer(api, run);
  await importRoster(api, securityId, inventHolders(run));
  const { entries } = await readRoster(api, securityId);
  const sellers = entries.slice(0, sellerCount);
  const buyers = entries.slice(sellerCount, sellerCount + buyerCount);
  const firstErrand = sellerCount + buyerCount;
  const [errandSeller, ...errandBuyers] = entries.slice(
    firstErrand,
    firstErrand + 1 + errandBuyerCount,
  );
  if (errandSeller === undefined) throw new Error('the roster is short');
  for (const { subjectId } of [...buyers, ...errandBuyers]) {
    await proveSuitable(api, subjectId, businessDate);
  }
  for (const { accountId } of buyers) {
    const share = BigInt(transferCount / buyerCount);
    await payIn(api, await fundAccountOf(api, accountId), moneyFor(sharesEach) * share);
  }
  return { securityId, sellers, buyers, errandSeller, errandBuyers };
}

/** All at once; the ids of those that were acknowledged, which must be all. */
export async function agreeOnAll(api: Api, market: Market): Promise<readonly string[]> {
  const { securityId, sellers, buyers } = market;
  return await Promise.all(
    Array.from({ length: transferCount }, (_, index) => {
      const seller = sellers[index % sellerCount];
      const buyer = buyers[Math.floor(index / sellerCount) % buyerCount];
      if (seller === undefined || buyer === undefined) throw new Error('the roster is short');
      const terms = { sellerAccountId: seller.accountId, buyerAccountId: buyer.accountId };
      return agree(api, { securityId, ...terms, quantity: sharesEach });
    }),
  );
}

export interface Background {
  /** Errands done and those that failed, with the reason. */
  stop(): Promise<{ readonly done: number; readonly failed: readonly string[] }>;
}

/** Cycles, and every other movement of money and shares, over and over until stopped. */
export function startErrands(api: Api, market: Market): Background {
  const { errandBuyers } = market;
  const [withdrawer, saver, ...others] = errandBuyers;
  if (withdrawer === undefined || saver === undefined) throw new Error('the roster is short');
  const background = new Errands();
  background.repeat('cycle', () => runCycle(api));
  background.repeat('person', (round) => {
    const serial = firstNewcomer + round;
    return registerNewcomer(api, personName(serial), residentId(serial));
  });
  background.repeat('withdrawal', () => withdraw(api, market, withdrawer));
  background.repeat('money', () => moveMoney(api, saver));
  background.repeat('reversal', (round) => {
    const buyer = others[round % others.length];
    return buyer === undefined ? Promise.resolve() : sellAndReverse(api, market, buyer);
  });
  return background;
}

class Errands implements Background {
  #isStopping = false;
  #done = 0;
  readonly #failed: string[] = [];
  readonly #running: Promise<void>[] = [];

  repeat(name: string, errand: (round: number) => Promise<unknown>): void {
    this.#running.push(this.#loop(name, errand));
  }

  async #loop(name: string, errand: (round: number) => Promise<unknown>): Promise<void> {
    for (let round = 0; !this.#isStopping; round += 1) {
      try {
        await errand(round);
        this.#done += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#failed.push(`${name}: ${reason.slice(0, 400)}`);
      }
      await sleep(pauseMs);
    }
  }

  async stop() {
    this.#isStopping = true;
    await Promise.all(this.#running);
    return { done: this.#done, failed: this.#failed };
  }
}

/** Shares reserved for a buyer without the money, and given back. */
async function withdraw(api: Api, market: Market, buyer: RosterEntry): Promise<void> {
  const transferId = await agree(api, { ...termsOf(market, buyer), quantity: sharesEach * 500n });
  await waitPatiently(api, transferId, 'reserved');
  const reason = { reason: 'both withdrew' };
  await api.approved('settlement', `transfers/${transferId}/cancellations`, reason);
  await waitPatiently(api, transferId, 'cancelled');
}

async function moveMoney(api: Api, buyer: RosterEntry): Promise<void> {
  const fundAccountId = await fundAccountOf(api, buyer.accountId);
  await payIn(api, fundAccountId, 1_000n);
  await api.approved('settlement', 'payouts', {
    fundAccountId,
    amountFen: '900',
    bankCode: '102',
    bankAccount: '6222021234567890123',
    payeeName: '示范',
  });
}

async function sellAndReverse(api: Api, market: Market, buyer: RosterEntry): Promise<void> {
  await payIn(api, await fundAccountOf(api, buyer.accountId), moneyFor(sharesEach));
  // The price goes back whole, though charges were taken from what the seller got.
  await payIn(api, await fundAccountOf(api, market.errandSeller.accountId), 1_000n);
  const transferId = await agree(api, termsOf(market, buyer));
  await waitPatiently(api, transferId, 'settled');
  const path = `transfers/${transferId}/reversals`;
  const made = await api.approved('settlement', path, { reason: 'agreed in error' });
  await waitPatiently(api, textOf(made, 'transferId'), 'settled');
}

const termsOf = ({ securityId, errandSeller }: Market, buyer: RosterEntry) => ({
  securityId,
  sellerAccountId: errandSeller.accountId,
  buyerAccountId: buyer.accountId,
  quantity: sharesEach,
});

export async function waitPatiently(api: Api, transferId: string, state: string): Promise<void> {
  await until(
    `transfer ${state}`,
    () => api.get('settlement-maker', `settlement/v1/transfers/${transferId}`),
    ({ transfer }) => textOf(transfer as Json, 'state') === state,
    patienceSeconds,
  );
}
