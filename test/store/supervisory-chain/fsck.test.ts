// fsck of the supervisory side: silent on what it took, and loud on any one changed value.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { supervisoryChecks } from '../../../services/supervisory-chain/fsck.ts';
import { sealBlock } from '../../../services/supervisory-chain/use-cases/seal-block.ts';
import { takeHeader } from '../../../services/supervisory-chain/use-cases/take-header.ts';
import { sampleObject } from '../../support/regulator-samples.ts';
import {
  openSupervisoryRig,
  PlayedMarket,
  type SupervisoryRig,
} from '../../support/supervisory-rig.ts';
import { TamperedStore } from '../../support/tampering.ts';

let rig: SupervisoryRig;
let store: TamperedStore;

/** Accepted with a code, rejected, refused with evidence; two blocks; a market that forked. */
async function fill(): Promise<void> {
  const { market, parts } = rig;
  const other = sampleObject('subject');
  const wrong = JSON.parse(
    JSON.stringify(other).replace('"subject_id_type":1', '"subject_id_type":99'),
  ) as typeof other;
  const content = { ...wrong.header.content, version: 1, operation: 'update' as const };
  const next = { ...wrong, header: { ...wrong.header, content } };
  const made = [other, next, sampleObject('account')].map((object) => market.record(object));
  const leaf = market.block(made.map(({ record }) => record));
  expect(await rig.header()).toBe('accepted');
  for (const [index, each] of made.entries()) {
    const offered = market.offered(each, leaf + BigInt(index));
    const record = Uint8Array.from(offered.record);
    record[record.length - 1] = (record.at(-1) ?? 0) ^ 1;
    expect(await rig.take({ ...offered, record })).toBe('refused');
    expect(await rig.take(offered)).toBe('taken');
    expect(await rig.transact((tx) => sealBlock(parts, tx))).toBe(1);
  }
  const fork = new PlayedMarket(market.keys);
  fork.block([fork.record(sampleObject('product')).record]);
  const forked = rig.transact((tx) => takeHeader(parts, tx, fork.offeredHeader(), 'lane'));
  expect(await forked).toBe('refused');
}

beforeAll(async () => {
  rig = await openSupervisoryRig();
  await fill();
  const { gateway } = rig.parts;
  const gatewayKeys = [{ keyId: gateway.keyId, publicKey: gateway.publicKey }];
  store = new TamperedStore({
    schema: 'supervisory',
    url: rig.superuserUrl,
    checks: supervisoryChecks({ ...rig.parts, gatewayKeys }),
  });
});
afterAll(async () => {
  await store.close();
  await rig.close();
});

/** Work to come and calls for it: nothing of it is history. */
const notLooked = new Set([
  'approval',
  'audit_record',
  'audit_seal',
  'consumer_offset',
  'idempotency_key',
  'pull_cursor',
  'schema_migration',
  'schema_migration_lock',
  'sent_resync',
  'service_nonce',
  'waiting_packet',
]);

it('finds nothing where nothing was changed', async () => {
  expect(await store.untouched()).toEqual([]);
});

it('names table and row of one changed value, in every column', async () => {
  const told: Record<string, string[]> = { named: [], missed: [], unchangeable: [], empty: [] };
  for (const column of await store.columns()) {
    if (notLooked.has(column.table)) continue;
    const { kind } = await store.tamper(column);
    told[kind]?.push(`${column.table}.${column.name}`);
  }
  expect(told['missed']).toEqual([]);
  // A verdict changes only together with its code.
  expect(told['unchangeable']).toEqual(['packet.verdict']);
  expect(told['empty']).toEqual([]);
  expect(told['named']?.length).toBeGreaterThan(75);
  expect(await store.untouched()).toEqual([]);
}, 300_000);

it('names a verdict that was left out, and one that was put in', async () => {
  const without = await store.afterwards(['delete from verdict where leaf_index = 1']);
  expect(without.map(({ table }) => table)).toContain('verdict');
  const more = await store.afterwards([
    `insert into investor (identity, code, allocated_at, digest)
     values (sha256('x'), 'R000000009', now(), sha256('x'))`,
    'update investor t set digest = investor_digest(t)',
  ]);
  expect(more.map(({ table, found }) => [table, found])).toContainEqual(['investor', 'R000000009']);
});
