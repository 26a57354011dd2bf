/** The steps of a delivery-versus-payment cycle up to the delivery of the shares. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import { endCycle, runningCycle } from '../repositories/cycle-repository.ts';
import { type Move, transfersIn } from '../repositories/transfer-repository.ts';
import {
  batchMax,
  engineContext,
  moveInStep,
  RegistryUnavailable,
  type Step,
  stepTransaction,
} from './engine-parts.ts';
import { refusedMove } from './secure-steps.ts';

/** The registry checks every rule again; what it commits it can no longer refuse to deliver. */
export const commitCycle: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'committing', batchMax);
  if (transfers.length === 0) return 0;
  const answer = await parts.registry.commit(transfers.map(({ id }) => id));
  if (!answer.ok) throw new RegistryUnavailable(answer.error.reason);
  parts.crashPoint('settlement.after-commit');
  const moves = answer.value.map(
    (outcome): Move =>
      outcome.ok
        ? { id: outcome.instructionId, to: 'committed' }
        : refusedMove(outcome, 'returning'),
  );
  const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'committing', moves));
  return moved.length;
};

/** The point of no return, persisted before either leg is posted. */
export const decideCycle: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'committed', batchMax);
  if (transfers.length === 0) return 0;
  const moves = transfers.map(({ id }): Move => ({ id, to: 'decided' }));
  const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'committed', moves));
  parts.crashPoint('settlement.after-decide');
  return moved.length;
};

export const deliverCycle: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'decided', batchMax, { kind: 'transfer' });
  const cycleId = transfers[0]?.cycleId;
  if (cycleId === undefined || cycleId === null) return 0;
  const ofCycle = transfers.filter((transfer) => transfer.cycleId === cycleId);
  const answer = await parts.registry.deliver(
    cycleId,
    ofCycle.map((transfer) => ({ ...transfer, instructionId: transfer.id })),
  );
  if (!answer.ok) throw new RegistryUnavailable(answer.error.reason);
  parts.crashPoint('settlement.after-deliver');
  const moves = answer.value.map(
    ({ instructionId, delivery }): Move => ({ id: instructionId, to: 'delivered', delivery }),
  );
  const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'decided', moves));
  return moved.length;
};

export const endFinishedCycle: Step = async (parts) => {
  const cycle = await runningCycle(parts.db);
  if (cycle === undefined) return 0;
  const isEnded = await stepTransaction(parts, async (tx) => {
    const context = engineContext(parts.clock.now());
    if (!(await endCycle(tx, cycle.id, context.now))) return false;
    const target = `cycle:${cycle.id}`;
    await recordAudit(tx, context, { action: 'settlement-cycle-ended', target });
    return true;
  });
  return isEnded ? 1 : 0;
};
