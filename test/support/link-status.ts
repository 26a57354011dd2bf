// What the link says of itself, and waiting until it has nothing left to do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../services/demo/api.ts';
import type { components } from '#libs/contracts/generated/regulator-link.ts';
import type { Installation } from './installation.ts';
import { withClient } from './postgres.ts';

export type LinkStatus = components['schemas']['LinkStatus'];

export async function linkStatus(api: Api): Promise<LinkStatus> {
  return (await api.get('operator', 'regulator-link/v1/link-status')) as unknown as LinkStatus;
}

const unheard = `
  select count(*)::int as n
  from (select event_id from registry.outbox union all select event_id from settlement.outbox) o
  where not exists (select 1 from link.fact f where f.event_id = o.event_id)`;

/** Business events that the link has not heard of: the broker may be down, or behind. */
export async function countUnheard(installation: Installation): Promise<number> {
  return await withClient(installation.superuser('quanji'), async (client) => {
    const { rows } = await client.query<{ n: number }>(unheard);
    return rows[0]?.n ?? 0;
  });
}

const unpublished = `
  select (select count(*) from registry.outbox where state <> 'published')
       + (select count(*) from settlement.outbox where state <> 'published') as n`;
const unsent = 'select count(*)::bigint as n from supervisory.outgoing where sent_at is null';

/** What waits for the broker, on both sides: events, and messages to the market. */
export async function countWaitingForBus(installation: Installation): Promise<number> {
  const countIn = (database: string, query: string): Promise<number> =>
    withClient(installation.superuser(database), async (client) => {
      const { rows } = await client.query<{ n: string }>(query);
      return Number.parseInt(rows[0]?.n ?? '0', 10);
    });
  const [events, messages] = await Promise.all([
    countIn('quanji', unpublished),
    countIn('quanji_supervisory', unsent),
  ]);
  return events + messages;
}

/** Milliseconds until the link has heard of every event, and has receipts for all. Errors: as below. */
export async function untilDrained(
  installation: Installation,
  api: Api,
  patienceMs: number,
): Promise<number> {
  const begun = performance.now();
  const left = (): number => patienceMs - (performance.now() - begun);
  while ((await countUnheard(installation)) > 0) {
    if (left() <= 0) throw new Error(`${await countUnheard(installation)} events are unheard of`);
    await sleep(250);
  }
  await untilAllReceipted(api, Math.max(0, left()));
  return performance.now() - begun;
}

/** Milliseconds until no fact, packet or object waits. Errors: after `patienceMs`, the last status. */
export async function untilAllReceipted(api: Api, patienceMs: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const status = await linkStatus(api);
    const waits = [status.unreceiptedFacts, status.waitingObjects, status.lagMs];
    const backlog = status.backlog.map(({ packets }) => packets);
    if ([...waits, ...backlog].every((count) => count === '0')) return performance.now() - begun;
    if (performance.now() - begun > patienceMs) {
      throw new Error(`not all receipted within ${patienceMs} ms: ${JSON.stringify(status)}`);
    }
    await sleep(250);
  }
}
