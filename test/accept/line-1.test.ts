// Acceptance 1: start, demo; Ctrl-C, start on the same data, demo again: new issuer, more of all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../services/demo/api.ts';
import { textOf } from '../../services/demo/api.ts';
import { createInstallation, type Installation, runScript } from '../support/installation.ts';
import { linkStatus } from '../support/link-status.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

let installation: Installation;
let api: Api;

beforeAll(() => {
  installation = createInstallation();
});
afterAll(() => installation.close());

interface Figures {
  readonly facts: bigint;
  readonly finalHeight: bigint;
  readonly supervisoryHeight: bigint;
  readonly marketHeight: bigint;
}

async function figures(): Promise<Figures> {
  const status = await linkStatus(api);
  const market = await api.get('regulator', 'supervisory-chain/v1/market');
  return {
    facts: BigInt(status.facts),
    finalHeight: BigInt(status.finalHeight),
    supervisoryHeight: BigInt(status.supervisoryHeight),
    marketHeight: BigInt(textOf(market, 'height')),
  };
}

interface Run {
  readonly issuer: string;
  readonly ids: readonly string[];
  readonly figures: Figures;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

async function demo(): Promise<Run> {
  const begun = performance.now();
  const { status, output } = await runScript('demo', [`--data=${installation.data}`]);
  const seconds = Math.round((performance.now() - begun) / 1_000);
  expect(status, output).toBe(0);
  const issuer = /\bZJ\d{6}T\.S2601\b/.exec(output)?.[0] ?? '';
  const ids = output.match(uuid) ?? [];
  say(`demo: exit ${status} in ${seconds} s, issuer ${issuer}, ${ids.length} ids printed`);
  return { issuer, ids, figures: await figures() };
}

/** Times are told, not judged: the line speaks of none, and a busy machine is no fault of ours. */
async function start(kind: 'cold' | 'warm'): Promise<void> {
  const ms = await installation.start();
  api = installation.api();
  say(`npm start (${kind}): ready in ${Math.round(ms / 1_000)} s`);
}

describe('acceptance 1', () => {
  it('start and demo hold, and again after Ctrl-C on the same data, with more of everything', async () => {
    await start('cold');
    const first = await demo();
    expect(await installation.stop()).toBe(0);
    say('Ctrl-C: exit 0');
    await start('warm');
    const again = await figures();
    expect(again.facts).toBeGreaterThanOrEqual(first.figures.facts);
    const second = await demo();
    expect(first.issuer).not.toBe('');
    expect(second.issuer).not.toBe('');
    expect(second.issuer).not.toBe(first.issuer);
    for (const name of ['facts', 'finalHeight', 'supervisoryHeight', 'marketHeight'] as const) {
      say(`${name}: ${first.figures[name]}, then ${second.figures[name]}`);
      expect(second.figures[name]).toBeGreaterThan(first.figures[name]);
    }
    expect(first.ids.length).toBeGreaterThan(5);
    expect(second.ids.filter((id) => first.ids.includes(id))).toEqual([]);
  });
});
