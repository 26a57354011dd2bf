// With the bus away each side asks the other: every fact still ends with its receipt.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusUnavailable, type EventBus } from '#libs/event-bus/event-bus.ts';
import { type LinkRig, startLinkRig } from '../support/link-rig.ts';
import { newParty } from '../support/market-objects.ts';
import { type PullingStandIn, startByPull } from '../support/stand-in.ts';
import { until } from './support/waiting.ts';

let rig: LinkRig;
let standIn: PullingStandIn;

beforeAll(async () => {
  rig = await startLinkRig({ isReceiving: false });
  standIn = await startByPull(rig);
});
afterAll(async () => {
  await standIn.close();
  await rig.close();
});

/** Takes nothing and brings nothing, as a client sees a broker that is away. */
function busAway(bus: EventBus): EventBus {
  const away = () => Promise.reject(new BusUnavailable('the broker is away'));
  const subscription = { stop: () => Promise.resolve() };
  const subscribe = () => Promise.resolve(subscription);
  return { ...bus, publish: away, ensureTopics: away, origin: away, subscribe };
}

const party = () => {
  const { subject, account } = newParty();
  return [{ object: subject }, { object: account }];
};

const receiptedAll = async (facts: readonly string[]): Promise<boolean> => {
  const states = await Promise.all(facts.map((fact) => rig.stateOf(fact)));
  return states.every((state) => state === 'receipted');
};

const counts = async () => {
  const [row] = await rig.query<{ packets: string; receipts: string; sent: string }>(`
    select count(*)::text as packets, count(sent_at)::text as sent,
      (select count(*) from receipt)::text as receipts from packet_progress`);
  return row;
};

describe('without a bus', () => {
  it('events are followed in the books and RESULTs are asked for, each once', async () => {
    const { books } = rig;
    const before = await books.post('parties', party());
    await until('the first is on chain', async () => (await rig.stateOf(before)) === 'on-chain');
    await rig.restartLink({ bus: busAway(rig.bus), results: standIn.results });
    const silent = [before];
    for (let number = 1; number <= 30; number += 1) {
      silent.push(await books.postInSilence('parties', party()));
    }
    await until('all are receipted', () => receiptedAll(silent), 30_000);
    expect(await counts()).toMatchObject({ packets: '62', receipts: '62' });

    // The bus brings again what was followed: repeats fall, and the book goes on.
    await rig.restartLink({ results: standIn.results });
    const after = await books.post('parties', party());
    await until('the next is receipted', () => receiptedAll([after]), 30_000);
    expect(await counts()).toMatchObject({ packets: '64', receipts: '64' });
    expect(await rig.query('select code, detail from evidence')).toEqual([]);
    expect(await standIn.view()).toMatchObject({ accepted: 64, rejected: 0, evidence: 0 });
  });
});
