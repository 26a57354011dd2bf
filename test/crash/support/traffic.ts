// What the market does while its parts die: cycles, and every movement of money and shares.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, type Json, textOf } from '../../../services/demo/api.ts';
import { personName, residentId } from '../../../services/demo/identities.ts';
import { until } from '../../../services/demo/journey.ts';
import { registerNewcomer, type RosterEntry } from '../../../services/demo/market-steps.ts';
import {
  agree,
  fundAccountOf,
  moneyFor,
  payIn,
  runCycle,
  type Terms,
} from '../../../services/demo/transfer-steps.ts';
import { type Market, sharesEach } from '../../support/market.ts';

const firstNewcomer = 12_300_000;
/** A seller, and buyers who take turns. */
export const errandParties = 17;
const pauseMs = 1_000;
const patienceSeconds = 240;

export interface Background {
  /** Errands done and those that failed, with the reason. */
  stop(): Promise<{ readonly done: number; readonly failed: readonly string[] }>;
}

/** Cycles, and every other movement of money and shares, over and over until stopped. */
export function startErrands(api: Api, market: Market): Background {
  const [seller, withdrawer, saver, ...buyers] = market.others;
  if (seller === undefined || withdrawer === undefined || saver === undefined) {
    throw new Error('the roster is short');
  }
  const { securityId } = market;
  const termsOf = (buyer: RosterEntry): Terms => ({
    securityId,
    sellerAccountId: seller.accountId,
    buyerAccountId: buyer.accountId,
    quantity: sharesEach,
  });
  const cycles = new Errands();
  cycles.repeat('cycle', () => settleWhatIsReady(api));
  const background = new Errands();
  background.repeat('person', (round) => {
    const serial = firstNewcomer + round;
    return registerNewcomer(api, personName(serial), residentId(serial));
  });
  background.repeat('withdrawal', () => withdraw(api, termsOf(withdrawer)));
  background.repeat('money', () => moveMoney(api, saver));
  background.repeat('reversal', (round) => {
    const buyer = buyers[round % buyers.length];
    return buyer === undefined ? Promise.resolve() : sellAndReverse(api, termsOf(buyer));
  });
  return {
    stop: async () => {
      // What waits for a cycle must get one.
      const ended = await background.stop();
      const cycled = await cycles.stop();
      return { done: ended.done + cycled.done, failed: [...ended.failed, ...cycled.failed] };
    },
  };
}

/** Between two transfers there is nothing to settle. */
async function settleWhatIsReady(api: Api): Promise<void> {
  await runCycle(api).catch((error: unknown) => {
    const isIdle = error instanceof Error && error.message.includes('"nothing-to-settle"');
    if (!isIdle) throw error;
  });
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
async function withdraw(api: Api, terms: Terms): Promise<void> {
  const transferId = await agree(api, { ...terms, quantity: sharesEach * 500n });
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

async function sellAndReverse(api: Api, terms: Terms): Promise<void> {
  await payIn(api, await fundAccountOf(api, terms.buyerAccountId), moneyFor(sharesEach));
  // The price goes back whole, though charges were taken from what the seller got.
  await payIn(api, await fundAccountOf(api, terms.sellerAccountId), 1_000n);
  const transferId = await agree(api, terms);
  await waitPatiently(api, transferId, 'settled');
  const path = `transfers/${transferId}/reversals`;
  const made = await api.approved('settlement', path, { reason: 'agreed in error' });
  await waitPatiently(api, textOf(made, 'transferId'), 'settled');
}

export async function waitPatiently(api: Api, transferId: string, state: string): Promise<void> {
  await until(
    `transfer ${state}`,
    () => api.get('settlement-maker', `settlement/v1/transfers/${transferId}`),
    ({ transfer }) => textOf(transfer as Json, 'state') === state,
    patienceSeconds,
  );
}
