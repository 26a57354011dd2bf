/** Starts a settlement cycle over every transfer that is secured on both sides. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Tx } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import { type Cycle, insertCycle, runningCycle } from '../repositories/cycle-repository.ts';
import { type Move, moveTransfers, transfersIn } from '../repositories/transfer-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';

export type CycleRefusal = Refusal<
  'registry-unavailable' | 'settlement-day-closed' | 'cycle-running' | 'nothing-to-settle'
>;

/** The most transfers of one cycle; what is left waits for the next. */
const cycleMax = 10_000;

/** Errors: registry-unavailable, settlement-day-closed, cycle-running, nothing-to-settle. */
export async function runCycle(
  tx: Tx<unknown>,
  context: ActingContext,
  registry: RegistryPort,
): Promise<Result<Cycle, CycleRefusal>> {
  const day = await registry.businessDay();
  if (!day.ok) return refuse('registry-unavailable');
  const businessDate = day.value;
  if (businessDate === undefined) return refuse('settlement-day-closed');
  const id = newUuid();
  const startedAt = context.now;
  const startedBy = actorKey(context.actor);
  const isOnly = await insertCycle(tx, { id, businessDate, startedAt, startedBy });
  if (!isOnly) {
    const running = await runningCycle(tx);
    return refuse('cycle-running', { cycleId: running?.id ?? '-' });
  }
  const ready = await transfersIn(tx, 'funded', cycleMax, { kind: 'transfer' });
  const moves = ready.map((transfer): Move => ({ id: transfer.id, to: 'committing', cycleId: id }));
  const taken = await moveTransfers(tx, 'funded', context.now, moves);
  if (taken.length === 0) return refuse('nothing-to-settle');
  await recordAudit(tx, context, {
    action: 'settlement-cycle-started',
    target: `cycle:${id}`,
    detail: { businessDate, transfers: taken.length },
  });
  await notifyEngine(tx);
  return ok({ id, state: 'running', businessDate, startedAt, endedAt: null });
}
