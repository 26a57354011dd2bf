// One bite of the registry's sweep of overdue reservations, at the test's own time.
import { inTransaction } from '#libs/db/transaction.ts';
import { expectOk } from '#libs/result/result.ts';
import { expireReservations } from '../../../services/registry/use-cases/return-reservations.ts';
import type { RegistryHttp } from './registry-http.ts';

export async function sweepForTest({ store, clock }: RegistryHttp): Promise<number> {
  const context = {
    actor: { kind: 'service', name: 'registry' } as const,
    now: clock.now(),
    traceId: '0'.repeat(32),
  };
  const swept = await inTransaction(store.db, 'read committed', (tx) =>
    expireReservations(tx, context, 500),
  );
  return expectOk(swept, 'sweep');
}
