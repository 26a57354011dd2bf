// What is measured on a whole installation: settlement in batches and singly, and receipts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Json } from '../../services/demo/api.ts';
import { textOf } from '../../services/demo/api.ts';
import { until } from '../../services/demo/journey.ts';
import { runCycle } from '../../services/demo/transfer-steps.ts';
import { untilAllReceipted } from '../support/link-status.ts';
import { countSettled } from '../support/books.ts';
import type { Installation } from '../support/installation.ts';
import { agreeOn, type Market } from '../support/market.ts';
import { withClient } from '../support/postgres.ts';
import { percentile, processorTimeOf } from './measure.ts';

export interface Site {
  readonly installation: Installation;
  readonly api: Api;
  readonly market: Market;
}

/** Approved, shares reserved and money held: nothing is left but the cycle. */
async function secure(site: Site, count: number): Promise<readonly string[]> {
  const transferIds = await agreeOn(site.api, site.market, count);
  await until(
    `${count} transfers funded`,
    () => countInState(site, 'funded'),
    (funded) => funded === count,
    300,
  );
  return transferIds;
}

async function countInState({ installation }: Site, state: string): Promise<number> {
  return await withClient(installation.superuser('quanji'), async (client) => {
    const { rows } = await client.query<{ n: number }>(
      'select count(*)::int as n from settlement.transfer where state = $1',
      [state],
    );
    return rows[0]?.n ?? 0;
  });
}

/** Milliseconds of one cycle by the books' own record of its start and end. */
async function settle(site: Site): Promise<number> {
  const cycleId = await runCycle(site.api);
  const ended = await until(
    'the end of the cycle',
    () => site.api.get('settlement-maker', `settlement/v1/cycles/${cycleId}`),
    (answer) => textOf(cycleOf(answer), 'state') === 'done',
    300,
  );
  const cycle = cycleOf(ended);
  return Date.parse(textOf(cycle, 'endedAt')) - Date.parse(textOf(cycle, 'startedAt'));
}

const cycleOf = (answer: Json): Json => (answer['cycle'] ?? answer) as Json;

/** The embedded PostgreSQL server of the installation. */
export function serverPid({ data }: Installation): number {
  const file = join(data, 'postgres', 'cluster', 'postmaster.pid');
  return Number.parseInt(readFileSync(file, 'utf8').split('\n')[0] ?? '', 10);
}

function processorTime({ installation }: Site): number {
  const { services } = installation.runtime();
  const pids = ['registry', 'settlement'].flatMap((name) => services[name]?.pid ?? []);
  return processorTimeOf([serverPid(installation), ...pids]);
}

/**
 * Settled transfers a second in one cycle over `count`, and microseconds of processor time for one
 * (server, registry, settlement). Errors: when not exactly they settled.
 */
export async function settleBatch(
  site: Site,
  count: number,
): Promise<{ readonly rate: number; readonly cpu: number }> {
  const transferIds = await secure(site, count);
  await untilAllReceipted(site.api, 300_000);
  const before = processorTime(site);
  const elapsed = await settle(site);
  const cpu = (processorTime(site) - before) / count;
  await expectSettled(site, transferIds);
  return { rate: (count * 1_000) / elapsed, cpu };
}

/** Settled transfers a second where each has a cycle of its own, one after the other. */
export async function settleSingly(site: Site, count: number): Promise<number> {
  let elapsed = 0;
  for (let index = 0; index < count; index += 1) {
    const transferIds = await secure(site, 1);
    elapsed += await settle(site);
    await expectSettled(site, transferIds);
  }
  return (count * 1_000) / elapsed;
}

async function expectSettled(site: Site, transferIds: readonly string[]): Promise<void> {
  const settled = await countSettled(site.installation, transferIds);
  if (settled !== transferIds.length) {
    throw new Error(`${settled} of ${transferIds.length} settled: the case has no result`);
  }
}

export interface Latency {
  readonly facts: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Milliseconds from the commit of a delivery to the verified receipt of its last object, of
 * `count` transfers settled one after the other on an otherwise idle installation.
 */
export async function commitToReceipt(site: Site, count: number): Promise<Latency> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const transferIds = await secure(site, 1);
    await settle(site);
    await expectSettled(site, transferIds);
    latencies.push(await receiptLatency(site, transferIds[0] ?? ''));
    await sleep(200);
  }
  return { facts: count, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

const latencyOfTransfer = `
  select max(f.object_count) as objects, count(r.sequence)::int as receipts,
    extract(epoch from max(r.received_at) - min(f.recorded_at)) * 1000 as ms
  from registry.trade t
  join link.fact f on f.event_id = t.event_id
  join link.packet p on p.event_id = t.event_id
  left join link.receipt r on r.lane = p.lane and r.sequence = p.sequence
  where t.instruction_id = $1`;

async function receiptLatency({ installation }: Site, transferId: string): Promise<number> {
  const row = await until(
    'the receipts of a transfer',
    () =>
      withClient(installation.superuser('quanji'), async (client) => {
        const { rows } = await client.query<{ objects: number; receipts: number; ms: string }>(
          latencyOfTransfer,
          [transferId],
        );
        return rows[0];
      }),
    (answer) => (answer?.objects ?? 0) > 0 && answer?.objects === answer?.receipts,
    120,
  );
  return Number.parseFloat(row?.ms ?? 'NaN');
}
