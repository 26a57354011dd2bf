// Acceptance 4: the broker is down for a minute under five writes a second.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningKafka, startKafka } from '#libs/kafka-launcher/start.ts';
import type { Api, Json } from '../../services/demo/api.ts';
import { personName, residentId } from '../../services/demo/identities.ts';
import { registerNewcomer } from '../../services/demo/market-steps.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { withClient } from '../support/postgres.ts';
import {
  countUnheard,
  countWaitingForBus,
  linkStatus,
  untilDrained,
} from '../support/link-status.ts';

const writesPerSecond = 5;
const outageMs = 60_000;
const drainMs = 12_000;
/** Serial numbers of persons that nothing else registers. */
const firstSerial = 11_000_000;

const directory = mkdtempSync(join(tmpdir(), 'quanji-line-4-'));
let kafka: RunningKafka;
let installation: Installation;
let api: Api;

const startBroker = (port?: number): Promise<RunningKafka> =>
  startKafka({ directory: join(directory, 'kafka'), ...(port === undefined ? {} : { port }) });

beforeAll(async () => {
  kafka = await startBroker();
  installation = createInstallation({ environment: { KAFKA_BROKERS: kafka.brokers } });
  await installation.start();
  api = installation.api();
  await untilDrained(installation, api, 240_000);
}, 600_000);

afterAll(async () => {
  await installation.close();
  await kafka.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

interface Load {
  readonly writes: number;
  readonly refused: readonly string[];
}

/** A write is a person with accounts: four calls, two of them a checker's. */
async function loadUntil(isOver: () => boolean): Promise<Load> {
  const refused: string[] = [];
  const running: Promise<void>[] = [];
  const since = performance.now();
  for (let writes = 0; !isOver(); writes += 1) {
    await sleep(Math.max(0, since + (writes * 1_000) / writesPerSecond - performance.now()));
    const serial = firstSerial + writes;
    running.push(
      registerNewcomer(api, personName(serial), residentId(serial)).then(
        () => undefined,
        (error: unknown) => void refused.push(String(error)),
      ),
    );
  }
  await Promise.all(running);
  return { writes: running.length, refused };
}

describe('acceptance 4', () => {
  it('a minute without Kafka refuses no write, loses no receipt and is made up in 12 s', async () => {
    const { port } = kafka;
    await kafka.kill();
    const until = performance.now() + outageMs;
    const load = loadUntil(() => performance.now() > until);
    await sleep(outageMs);
    const { writes, refused } = await load;
    const waiting = await countWaitingForBus(installation);
    const unheard = await countUnheard(installation);
    kafka = await startBroker(port);
    const since = performance.now();
    await untilBusTookAll(since + drainMs);
    await untilDrained(installation, api, Math.max(0, since + drainMs - performance.now()));
    const drained = Math.round(performance.now() - since);
    process.stdout.write(
      `${writes} writes; ${waiting} messages waited for the broker, ${unheard} events unheard of; ` +
        `backlog empty ${drained} ms after its return\n`,
    );
    expect(waiting).toBeGreaterThan(writesPerSecond * 50);
    expect(refused).toEqual([]);
    expect(writes).toBeGreaterThanOrEqual((outageMs / 1_000) * writesPerSecond - 1);
    await expectAReceiptForEachPacket();
  });
});

/** Errors: something still waits at the deadline. */
async function untilBusTookAll(deadline: number): Promise<void> {
  for (;;) {
    const waiting = await countWaitingForBus(installation);
    if (waiting === 0) return;
    if (performance.now() > deadline) throw new Error(`${waiting} messages wait for the broker`);
    await sleep(250);
  }
}

async function expectAReceiptForEachPacket(): Promise<void> {
  const status = await linkStatus(api);
  expect(status.receipts).toBe(status.packets);
  expect(status.rejectedFacts).toBe('0');
  expect(status.evidence).toBe('0');
  const market: Json = await api.get('regulator', 'supervisory-chain/v1/market');
  expect(market['frozenReason']).toBeUndefined();
  const verdicts = await withClient(installation.superuser('quanji_supervisory'), (client) =>
    client.query<{ n: string }>('select count(*)::text as n from supervisory.verdict'),
  );
  expect(verdicts.rows[0]?.n).toBe(status.packets);
}
