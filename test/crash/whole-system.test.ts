// The whole system at work while each part is killed, at random moments and at named points.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkStatus, untilDrained } from '../support/link-status.ts';
import { createInstallation, type Installation, runScript } from '../support/installation.ts';
import { agreeOn, type Market, prepareMarket, sharesEach } from '../support/market.ts';
import { countSettled, faultsInBooks, sharesOf } from '../support/books.ts';
import { type Death, drawFaults, inflict } from './support/faults.ts';
import { PatientApi } from '../support/patient-api.ts';
import { seededDraw } from './support/seeded.ts';
import { errandParties, startErrands, waitPatiently } from './support/traffic.ts';

const transferCount = 200;
const readyMaxMs = 10_000;
const drainMs = 600_000;
const seed = Number.parseInt(process.env['QUANJI_SEED'] ?? '1', 10);
const folder = mkdtempSync(join(tmpdir(), 'quanji-whole-'));
const crashFile = join(folder, 'armed');

let installation: Installation;
let api: PatientApi;
let market: Market;
let before: ReadonlyMap<string, bigint>;

beforeAll(async () => {
  installation = createInstallation({
    options: ['--bus=kafka', '--empty'],
    environment: { QUANJI_CRASH_FILE: crashFile },
  });
  await installation.start();
  api = new PatientApi(installation.runtime());
  market = await prepareMarket(api, transferCount, errandParties);
  before = await sharesOf(installation, market.securityId);
}, 600_000);

afterAll(async () => {
  await installation.close();
  rmSync(folder, { recursive: true });
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

describe(`deaths drawn from seed ${seed}`, () => {
  it('lose, double and halve nothing, and every part is ready again within 10 s', async () => {
    const services = Object.keys(installation.runtime().services);
    const faults = drawFaults(services, seededDraw(seed));
    const errands = startErrands(api, market);
    const agreed = agreeOn(api, market, transferCount);
    const deaths: Death[] = [];
    for (const [index, fault] of faults.entries()) {
      const death = await inflict(installation, fault, crashFile);
      deaths.push(death);
      const name = fault.point ?? 'SIGKILL';
      const outcome =
        death.readyMs === undefined ? 'not reached' : `${Math.round(death.readyMs)} ms`;
      say(`${index + 1}/${faults.length} ${fault.target} ${name}: ${outcome}`);
    }
    const transferIds = await agreed;
    for (const transferId of transferIds) await waitPatiently(api, transferId, 'settled');
    const { done, failed } = await errands.stop();
    say(`${done} errands done, ${failed.length} failed; repeated calls: ${told(api.met)}`);
    for (const reason of new Set(failed)) say(`errand failed: ${reason}`);
    const drained = await untilDrained(installation, api, drainMs);
    say(`receipts complete after ${Math.round(drained)} ms`);

    expect(await faultsInBooks(installation)).toEqual([]);
    expect(failed).toEqual([]);
    expect(await countSettled(installation, transferIds)).toBe(transferCount);
    await expectSharesMoved();
    const status = await linkStatus(api);
    expect(status).toMatchObject({ rejectedFacts: '0', inboxGaps: '0', evidence: '0', frozen: [] });
    expect(status.receipts).toBe(status.packets);
    expect(deaths.filter(({ readyMs }) => readyMs === undefined)).toEqual([]);
    expect(deaths.filter(({ readyMs = 0 }) => readyMs > readyMaxMs)).toEqual([]);
    const fsck = await runScript('fsck', ['--data', installation.data]);
    expect(fsck).toMatchObject({ status: 0 });
  });
});

function told(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} x ${name}`).join(', ');
}

/** Each of the ten buyers got 20 times ten shares, each of the 20 sellers gave ten times ten. */
async function expectSharesMoved(): Promise<void> {
  const after = await sharesOf(installation, market.securityId);
  const change = (accountId: string): bigint =>
    (after.get(accountId) ?? 0n) - (before.get(accountId) ?? 0n);
  const count = BigInt(transferCount);
  for (const { accountId } of market.buyers) {
    expect(change(accountId)).toBe((sharesEach * count) / BigInt(market.buyers.length));
  }
  for (const { accountId } of market.sellers) {
    expect(change(accountId)).toBe((-sharesEach * count) / BigInt(market.sellers.length));
  }
}
