// The real link and the real supervisory side over a real bus: every fact ends with its receipts,
// and whoever pulls the chain instead ends with the same objects.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createKafkaBus } from '#libs/event-bus/kafka/kafka-bus.ts';
import { testKafka } from '../support/kafka.ts';
import { type LinkRig, type PlayedBooks, startLinkRig } from '../support/link-rig.ts';
import { newParty, productOf, transfer } from '../support/market-objects.ts';
import { type StandIn, startByPull, startOnLanes } from '../support/stand-in.ts';
import { adapters, silent } from './support/buses.ts';
import { until } from './support/waiting.ts';

const security = 'security:01920000-0000-7000-8000-00000000000a';
const cycle = 'settlement:01920000-0000-7000-8000-00000000000b';
const owner = { kind: 'security', id: '01920000-0000-7000-8000-00000000000a' } as const;
const transfers = 4;

/** Two parties, a security, and transfers that follow each other in one holding. */
class Market {
  readonly facts: string[] = [];
  readonly #books: PlayedBooks;
  readonly #seller = newParty();
  readonly #buyer = newParty();
  readonly #product = productOf(this.#seller.subject);
  #heldBefore: RegulatorObject | undefined;

  constructor(books: PlayedBooks) {
    this.#books = books;
  }

  async open(): Promise<void> {
    const parties = [this.#seller, this.#buyer].flatMap(({ subject, account }) => [
      { object: subject },
      { object: account },
    ]);
    this.facts.push(await this.#books.post('parties', parties));
    await this.#post(security, this.#product);
  }

  async transfer(shares: number): Promise<void> {
    const [report, registration, settlement] = this.#agree(shares);
    await this.#post(security, report, registration);
    await this.#post(cycle, settlement);
    this.#heldBefore = registration;
  }

  /** The holding starts from one share too many; the fact, and what would correct it. */
  async senselessTransfer(): Promise<{ fact: string; correct(): Promise<void> }> {
    const [report, registration] = this.#agree(100);
    await this.#post(security, report);
    const fact = await this.#post(security, withMoreBefore(registration));
    return {
      fact,
      correct: async () => {
        const corrected = structuredClone(registration);
        corrected.header.content.operation = 'overwrite';
        corrected.header.metadata.revision = 1;
        await this.#post(security, corrected);
        this.#heldBefore = registration;
      },
    };
  }

  #agree(shares: number) {
    return transfer({
      product: this.#product,
      seller: this.#seller,
      buyer: this.#buyer,
      shares,
      heldBefore: this.#heldBefore,
    });
  }

  async #post(book: string, ...objects: readonly RegulatorObject[]): Promise<string> {
    const announced = objects.map((object) => ({ object, owner }));
    const fact = await this.#books.post(book, announced);
    this.facts.push(fact);
    return fact;
  }
}

function withMoreBefore(registration: RegulatorObject): RegulatorObject {
  const text = JSON.stringify(registration).replace(
    /"(register_asset_balance_(?:before|after))":([0-9]+)/g,
    (_, name: string, shares: string) => `"${name}":${BigInt(shares) + 1n}`,
  );
  return JSON.parse(text) as RegulatorObject;
}

const closing: (() => Promise<void>)[] = [];

async function openRig(adapter: (typeof adapters)[number]): Promise<LinkRig | string> {
  if (adapter === 'postgres') return startLinkRig({ isReceiving: false });
  const broker = await testKafka();
  if (!broker.ok) return broker.reason;
  const brokers = broker.brokers.split(',');
  const openBus = (role: string): EventBus => {
    const bus = createKafkaBus({ brokers, clientId: role, log: silent, bootId: randomUUID() });
    closing.push(() => bus.close());
    return bus;
  };
  return startLinkRig({ isReceiving: false, openBus });
}

async function digestOf(standIn: StandIn) {
  const { accepted, rejected, evidence, objectsDigest } = await standIn.view();
  return { accepted, rejected, evidence, objectsDigest };
}

describe.each(adapters)('the market and its regulator over %s', (adapter) => {
  let rig: LinkRig | string;
  beforeAll(async () => {
    rig = await openRig(adapter);
  });
  afterAll(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  it('receipt every fact, and a pull of the chain gives the same objects', async (ctx) => {
    if (typeof rig === 'string') return ctx.skip(rig);
    const { books, stateOf, query } = rig;
    const opened = rig;
    closing.push(() => opened.close());
    const onLanes = await startOnLanes(rig);
    closing.push(() => onLanes.close());
    const market = new Market(books);
    await market.open();
    for (let number = 1; number <= transfers; number += 1) await market.transfer(100 * number);
    const { fact, correct } = await market.senselessTransfer();
    await until('it is rejected', async () => (await stateOf(fact)) === 'rejected');
    await correct();
    await market.transfer(7);
    await until('every fact is receipted', async () => {
      const states = await Promise.all(market.facts.map(stateOf));
      return states.every((state) => state === 'receipted');
    });
    const byLanes = await digestOf(onLanes);
    const accepted = 5 + 3 * (transfers + 1) + 2;
    expect(byLanes).toMatchObject({ accepted, rejected: 1, evidence: 0 });
    expect(await query('select code, detail from evidence')).toEqual([]);

    const byPull = await startByPull(rig);
    closing.push(() => byPull.close());
    await until('the pull has them', async () => (await byPull.view()).accepted === accepted);
    expect(await digestOf(byPull)).toEqual(byLanes);
  });
});
