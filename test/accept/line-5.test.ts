// Acceptance 5: one value changed behind every trigger, in every column: fsck names it, each time.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeOf } from '#libs/db/plan.ts';
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import { readInstallation } from '#libs/installation/installation.ts';
import { type RunningPostgres, startPostgres } from '#libs/postgres-launcher/start.ts';
import { storeChecks as chainChecks } from '../../services/chain-node/cli/store-checks.ts';
import type { Api, Json } from '../../services/demo/api.ts';
import { personName, residentId, uscc } from '../../services/demo/identities.ts';
import { uploadDocument } from '../../services/demo/market-steps.ts';
import { storeChecks as registryChecks } from '../../services/registry/cli/store-checks.ts';
import { storeChecks as linkChecks } from '../../services/regulator-link/cli/store-checks.ts';
import { storeChecks as settlementChecks } from '../../services/settlement/cli/store-checks.ts';
import { storeChecks as supervisoryChecks } from '../../services/supervisory-chain/cli/store-checks.ts';
import { until } from '../messaging/support/waiting.ts';
import { createInstallation, type Installation, runScript } from '../support/installation.ts';
import { untilAllReceipted } from '../support/link-status.ts';
import { withClient } from '../support/postgres.ts';
import { isBound, isExcluded, isKeptElsewhere } from './support/excluded-columns.ts';
import { type Outcome, TamperedStore } from '../support/tampering.ts';

const installation: Installation = createInstallation({ options: ['--bus=postgres', '--empty'] });
let postgres: RunningPostgres | undefined;
let named = 0;

/** A payout, so that money has left too. */
async function payOut(api: Api): Promise<void> {
  const database = installation.superuser('quanji');
  const fundAccountId = await withClient(database, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id from settlement.money_account where kind = 'client' and balance_fen > 10000
        order by id limit 1`,
    );
    return rows[0]?.id ?? '';
  });
  await api.approved('settlement', 'payouts', {
    fundAccountId,
    amountFen: '5000',
    bankCode: '102100099996',
    bankAccount: '6222020000000000001',
    payeeName: '演示客户',
  } as Json);
  await until('the payout is paid', async () =>
    withClient(database, async (client) => {
      const text = `select 1 from settlement.payout where state = 'paid'`;
      return (await client.query(text)).rows.length > 0;
    }),
  );
}

/** A partnership whose owners are looked through to, and a market's exemption from 200 holders. */
async function lookThrough(api: Api): Promise<void> {
  await api.approved('registry', 'subjects', {
    nature: 'partnership',
    name: '穿透示范合伙企业(DEMO)',
    certificateType: 'uscc',
    certificateNumber: uscc(8_765_432),
    beneficialOwners: [
      {
        name: personName(13_900_001),
        certificateType: 'resident-id',
        certificateNumber: residentId(13_900_001),
        ratio: '1',
      },
    ],
  });
  const database = installation.superuser('quanji');
  const securityId = await withClient(database, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from registry.security limit 1');
    return rows[0]?.id ?? '';
  });
  const bytes = new TextEncoder().encode('豁免');
  await api.approved('registry', `securities/${securityId}/holder-exemptions`, {
    basis: '示范豁免',
    cap: 250,
    validFrom: '2026-01-01',
    validUntil: '2036-01-01',
    documentId: await uploadDocument(api, '豁免.pdf', bytes),
  });
}

/** The database alone goes on: nothing else writes while values are changed. */
async function keepOnlyPostgres(): Promise<void> {
  const file = join(installation.data, 'runtime.json');
  const runtime = readFileSync(file, 'utf8');
  const { port } = new URL(installation.superuser('quanji'));
  await installation.stop();
  postgres = await startPostgres({
    dataDirectory: join(installation.data, 'postgres'),
    port: Number.parseInt(port, 10),
    durable: true,
  });
  writeFileSync(file, runtime, { mode: 0o600 });
}

const fsck = () => runScript('fsck', [`--data=${installation.data}`]);

beforeAll(async () => {
  await installation.start();
  const demo = await runScript('demo', [`--data=${installation.data}`]);
  expect(demo.output).toContain('steps held');
  await payOut(installation.api());
  await lookThrough(installation.api());
  await untilAllReceipted(installation.api(), 240_000);
}, 900_000);

afterAll(async () => {
  await postgres?.stop();
  await installation.close();
  process.stdout.write(`Acceptance 5: ${named} columns changed and named.\n`);
});

it('npm run fsck finds nothing on a running system', async () => {
  const { status, output } = await fsck();
  expect(output).toContain('fsck: 0 differences');
  expect(status).toBe(0);
}, 600_000);

const stores: readonly (readonly [string, (words: readonly string[]) => Promise<StoreChecks>])[] = [
  ['registry', async () => registryChecks(readInstallation(installation.data))],
  ['settlement', async () => settlementChecks(readInstallation(installation.data))],
  ['regulator-link', async () => linkChecks(readInstallation(installation.data))],
  ['chain-sequencer', async () => chainChecks(readInstallation(installation.data), ['sequencer'])],
  ['chain-follower', async () => chainChecks(readInstallation(installation.data), ['follower'])],
  ['supervisory-chain', async () => supervisoryChecks(readInstallation(installation.data))],
];

interface Tampering {
  readonly named: readonly string[];
  readonly missed: readonly string[];
  readonly unchangeable: readonly string[];
  readonly empty: ReadonlySet<string>;
}

async function tamperAll(store: TamperedStore, schema: string): Promise<Tampering> {
  const by: Record<Outcome['kind'], string[]> = {
    named: [],
    missed: [],
    unchangeable: [],
    empty: [],
  };
  for (const column of await store.columns()) {
    if (isExcluded(schema, column)) continue;
    const outcome = await store.tamper(column);
    const name = `${schema}.${column.table}.${column.name}`;
    const detail = outcome.kind === 'missed' ? ` set to ${outcome.change}` : '';
    by[outcome.kind].push(`${name}${detail}`);
  }
  const tableOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));
  return { ...by, empty: new Set(by.empty.map(tableOf)) };
}

describe('one value changed, behind every trigger, in every column of', () => {
  beforeAll(keepOnlyPostgres, 180_000);

  it.each(stores)('%s is named by its checks', { timeout: 1_800_000 }, async (service, open) => {
    const { checks } = await open([]);
    const { database, schema } = storeOf(service);
    const url = installation.superuser(database);
    const store = new TamperedStore({ schema, url, checks });
    try {
      expect(await store.untouched()).toEqual([]);
      const told = await tamperAll(store, schema);
      expect(told.missed).toEqual([]);
      expect(told.unchangeable.filter((name) => !isBound(name))).toEqual([]);
      expect([...told.empty].filter((table) => !isKeptElsewhere(table))).toEqual([]);
      expect(told.named.length).toBeGreaterThan(20);
      expect(await store.untouched()).toEqual([]);
      named += told.named.length;
    } finally {
      await store.close();
    }
  });
});

it('npm run fsck exits 1 and names table, key, expected and found; put back, it exits 0', async () => {
  const change = (by: string): Promise<string> =>
    withClient(installation.superuser('quanji'), async (client) => {
      await client.query('set session_replication_role = replica');
      const { rows } = await client.query<{ event: string; instruction: string }>(
        `update registry.trade set quantity = quantity ${by}
          returning event_id::text as event, instruction_id::text as instruction`,
      );
      expect(rows).toHaveLength(1);
      return `${rows[0]?.event} ${rows[0]?.instruction}`;
    });
  const [event, instruction] = (await change('+ 1')).split(' ');
  const changed = await fsck();
  expect(changed.output).toMatch(
    new RegExp(`  trade event_id=${event} digest: expected [0-9a-f]{64}, found [0-9a-f]{64}`),
  );
  // Settlement says otherwise, and the registry does not agree with it any more.
  expect(changed.output).toMatch(
    new RegExp(`  registry.trade ${instruction} quantity: expected 10000, found 10001`),
  );
  expect(changed.status).toBe(1);
  await change('- 1');
  const whole = await fsck();
  expect(whole.output).not.toContain('cannot be checked');
  expect(whole.output).toContain('fsck: 0 differences');
  expect(whole.status).toBe(0);
}, 900_000);
