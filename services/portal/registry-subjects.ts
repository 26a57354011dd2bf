/** The one thing that the portal asks the registry: whether a subject exists. */
import type { KeyObject } from 'node:crypto';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import { createServiceClient } from '#libs/http/service-client.ts';
import type { Clock } from '#libs/time/clock.ts';

export interface RegistryAccess {
  readonly baseUrl: string;
  readonly key: KeyObject;
  readonly clock: Clock;
}

export function subjectLookUp(access: RegistryAccess): (subjectId: string) => Promise<boolean> {
  const client = createServiceClient({
    ...access,
    contract: registryContract,
    callee: 'registry',
    callerName: 'portal',
    timeoutMs: 3_000,
  });
  return async (subjectId) => {
    const answer = await client.call('getSubject', { params: { subjectId } });
    if (answer.ok) return true;
    if (answer.error.kind === 'problem' && answer.error.problem.code === 'not-found') return false;
    throw new DependencyUnavailable('the registry');
  };
}
