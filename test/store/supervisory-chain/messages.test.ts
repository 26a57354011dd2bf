// Batches of messages: what comes too soon follows in bounded transactions, and none deadlock.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChunkAssembly } from '#libs/lane-messages/chunks.ts';
import { countWaiting } from '../../../services/supervisory-chain/repositories/waiting-repository.ts';
import { OpenedMessages } from '../../../services/supervisory-chain/use-cases/open-message.ts';
import { takeMessages } from '../../../services/supervisory-chain/use-cases/take-messages.ts';
import { takeMoreWaiting } from '../../../services/supervisory-chain/use-cases/take-packets.ts';
import { newObject } from '../../support/link-rig.ts';
import { batchOf, headerMessage, packetMessage } from '../../support/market-messages.ts';
import { securitiesAccount } from '../../support/market-objects.ts';
import { openSupervisoryRig, type SupervisoryRig } from '../../support/supervisory-rig.ts';

let rig: SupervisoryRig;
let messages: OpenedMessages;
beforeEach(async () => {
  rig = await openSupervisoryRig();
  messages = new OpenedMessages(rig.parts);
});
afterEach(() => rig.close());

const take = (values: readonly Uint8Array[]) =>
  rig.transact((tx) =>
    takeMessages(rig.parts, tx, batchOf(values), { chunks: new ChunkAssembly(), messages }),
  );

/** Each subject with an account that builds on it, in one block of the market. */
function subjectsWithAccounts(count: number) {
  const made = Array.from({ length: count }, () => {
    const subject = newObject('subject');
    return [rig.market.record(subject), rig.market.record(securitiesAccount(subject))];
  }).flat();
  const leaf = rig.market.block(made.map(({ record }) => record));
  const packets = made.map((each, index) => {
    const sequence = (Math.floor(index / 2) + 1).toString();
    const after = index % 2 === 0 ? [] : [{ lane: 'subject' as const, sequence }];
    return packetMessage(rig, each, leaf + BigInt(index), after);
  });
  const ofLane = (rest: number) => packets.filter((_, index) => index % 2 === rest);
  return { subjects: ofLane(0), accounts: ofLane(1), packets };
}

async function waiting(): Promise<number> {
  const { chainId } = rig.parts.market;
  const lanes = ['subject', 'account'].map((lane) => countWaiting(rig.db, chainId, lane));
  return (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
}

async function verdicts(): Promise<readonly string[]> {
  const found = await sql<{ told: string }>`
    select lane || ' ' || sequence || ' ' || verdict || coalesce(' ' || code || ' ' || field, '') as told
    from packet join verdict v using (chain_id, lane, sequence) order by v.leaf_index`.execute(
    rig.db,
  );
  return found.rows.map(({ told }) => told);
}

async function seen(): Promise<readonly string[]> {
  const found = await sql<{ message: Uint8Array }>`
    select message from outgoing where topic like 'xc.receipt%' order by id`.execute(rig.db);
  return found.rows.flatMap(({ message }) => {
    const { type, payload } = JSON.parse(Buffer.from(message).toString()) as {
      readonly type: string;
      readonly payload: { readonly lane: string; readonly from: string; readonly to: string };
    };
    return type === 'SEEN' ? [`${payload.lane} ${payload.from}-${payload.to}`] : [];
  });
}

describe('a batch of packets', () => {
  it('is taken whole, in order, with one SEEN for each lane', async () => {
    const { packets } = subjectsWithAccounts(3);
    await take([headerMessage(rig), ...packets]);
    expect(await verdicts()).toEqual([
      'subject 1 ACCEPTED',
      'account 1 ACCEPTED',
      'subject 2 ACCEPTED',
      'account 2 ACCEPTED',
      'subject 3 ACCEPTED',
      'account 3 ACCEPTED',
    ]);
    expect(await seen()).toEqual(['subject 1-3', 'account 1-3']);
  });

  it('that came before its header and in any order is taken when the header comes', async () => {
    const { packets } = subjectsWithAccounts(3);
    await take(packets.toReversed());
    expect(await waiting()).toBe(6);
    expect(await verdicts()).toEqual([]);
    await take([headerMessage(rig)]);
    expect(await verdicts()).toHaveLength(6);
    expect(await waiting()).toBe(0);
  });

  it('again gets its answers again, and is no evidence', async () => {
    const { packets } = subjectsWithAccounts(2);
    await take([headerMessage(rig), ...packets, ...packets]);
    await take(packets);
    expect(await verdicts()).toHaveLength(4);
    const found = await sql`select from evidence`.execute(rig.db);
    expect(found.rows).toEqual([]);
  });
});

describe('a long queue that waits', () => {
  it('goes on in transactions of a bounded size until it is empty', async () => {
    const { subjects, accounts } = subjectsWithAccounts(20);
    await take([headerMessage(rig), ...accounts, ...subjects.slice(1)]);
    expect(await waiting()).toBe(39);
    // The first subject lets all go on; two packets were taken with it, by a budget of the test's.
    const budget = { packets: 10, ms: 60_000 };
    const [first = new Uint8Array()] = subjects;
    await rig.transact((tx) => {
      const memory = { chunks: new ChunkAssembly(), messages };
      return takeMessages(rig.parts, tx, batchOf([first]), memory, { packets: 2, ms: 60_000 });
    });
    const steps: number[] = [];
    for (let taken = -1; taken !== 0; ) {
      taken = await rig.transact((tx) => takeMoreWaiting(rig.parts, tx, messages, budget));
      steps.push(taken);
    }
    expect(steps.slice(0, -1).every((step) => step > 0 && step <= 10)).toBe(true);
    expect(steps.length).toBeGreaterThan(4);
    expect(await waiting()).toBe(0);
    expect(await verdicts()).toHaveLength(40);
    expect((await verdicts()).every((told) => told.endsWith('ACCEPTED'))).toBe(true);
  });

  it('ends its part when the time is over, though packets are left', async () => {
    const { packets } = subjectsWithAccounts(3);
    await take(packets);
    const memory = { chunks: new ChunkAssembly(), messages };
    await rig.transact((tx) =>
      takeMessages(rig.parts, tx, batchOf([headerMessage(rig)]), memory, { packets: 99, ms: -1 }),
    );
    expect(await waiting()).toBe(6);
  });
});

describe('headers and packets that come at one time', () => {
  it('wait for each other: neither transaction ends in a deadlock', async () => {
    const { packets } = subjectsWithAccounts(1);
    const header = headerMessage(rig);
    await take([header, ...packets]);
    // Without a second try, as `transact` would give: each of the two locks what the other wants.
    const once = (values: readonly Uint8Array[]) =>
      rig.db
        .transaction()
        .execute((tx) =>
          takeMessages(rig.parts, tx, batchOf(values), { chunks: new ChunkAssembly(), messages }),
        );
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([once([header, ...packets]), once([...packets, header])]);
    }
    expect(await verdicts()).toHaveLength(2);
  });
});
