// What the link says of itself, and waiting until it has nothing left to do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../services/demo/api.ts';
import type { components } from '#libs/contracts/generated/regulator-link.ts';

export type LinkStatus = components['schemas']['LinkStatus'];

export async function linkStatus(api: Api): Promise<LinkStatus> {
  return (await api.get('operator', 'regulator-link/v1/link-status')) as unknown as LinkStatus;
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
