// Each node killed at each of its named points, with an append on its way: nothing is lost, doubled
// or signed twice, and both stores check clean at the end.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineUnavailable, type LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import { type ChainProcesses, createChainProcesses } from '../support/chain-processes.ts';
import { chainDifferences } from '../support/chain-check.ts';
import { createRecordWriter } from '../support/chain-records.ts';

const ofSequencer = [
  'chain-append-before-commit',
  'chain-append-committed',
  'chain-block-before-commit',
  'chain-block-committed',
  'chain-operator-before-sign',
  'chain-operator-remembered',
  'chain-operator-signed',
  'chain-operator-signature-committed',
  'chain-cosignature-before-commit',
  'chain-cosignature-committed',
];
const ofFollower = [
  'chain-replay-before-commit',
  'chain-replay-committed',
  'chain-witness-before-sign',
  'chain-witness-remembered',
  'chain-witness-signed',
  'chain-witness-signature-committed',
  'chain-cosignature-submitted',
];

let chain: ChainProcesses;
let engine: LedgerEngine;
const write = createRecordWriter('zhejiang');
let appended = 0n;

beforeAll(async () => {
  chain = await createChainProcesses();
  chain.start('sequencer');
  await chain.ready('sequencer');
  chain.start('follower');
  await chain.ready('follower');
  engine = chain.engine();
});
afterAll(() => chain.close());

/** As the link does it: the same key until there is an answer. */
async function appendPatiently(records: readonly Uint8Array[]): Promise<string> {
  const idempotencyKey = randomUUID();
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      const ticket = await engine.append({ records, idempotencyKey });
      if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
      return ticket.value;
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      await delay(100);
    }
  }
  throw new Error('the append was never answered');
}

async function survive(name: 'sequencer' | 'follower', point: string): Promise<void> {
  chain.arm(point);
  const records = [
    write.object({ objectId: `SUB-${randomUUID()}` }),
    write.results(new Uint8Array(32)),
  ];
  const ticket = appendPatiently(records);
  expect(await chain.ended(name), point).toBe('SIGKILL');
  chain.arm(undefined);
  chain.start(name);
  const places = await engine.awaitFinal(await ticket, AbortSignal.timeout(30_000));
  expect(
    places.map((place) => place.leafIndex),
    point,
  ).toEqual([appended, appended + 1n]);
  appended += 2n;
}

describe('killed at a named point', () => {
  test('the sequencer goes on where it stood', async () => {
    for (const point of ofSequencer) await survive('sequencer', point);
  });

  test('the follower goes on where it stood', async () => {
    for (const point of ofFollower) await survive('follower', point);
  });

  test('both stores hold the same chain, and check clean', async () => {
    for (const role of ['sequencer', 'follower'] as const) {
      expect(await chainDifferences(chain.databases[role], chain.genesis), role).toEqual([]);
    }
    const record = await engine.read((await lastHeight()) ?? 0n, 0);
    expect(record).toBeDefined();
  });
});

async function lastHeight(): Promise<bigint | undefined> {
  let height: bigint | undefined;
  const stop = new AbortController();
  for await (const header of engine.subscribe(1n, stop.signal)) {
    height = header.height;
    if (height >= BigInt(ofSequencer.length + ofFollower.length)) stop.abort();
  }
  return height;
}
