/** The way back, before the decision: shares and money of a transfer that will not settle. */
import { releaseMoney } from '../repositories/money-repository.ts';
import {
  type Move,
  overdueTransfers,
  stepsOf,
  transfersIn,
} from '../repositories/transfer-repository.ts';
import {
  batchMax,
  moveInStep,
  RegistryUnavailable,
  type Step,
  stepTransaction,
} from './engine-parts.ts';

const cancelledCode = 'cancelled-by-parties';

/** Shares or money not secured by the deadline: the transfer goes back. */
export const returnOverdue: Step = async (parts) => {
  const now = parts.clock.now();
  const overdue = await overdueTransfers(parts.db, now, batchMax);
  if (overdue.length === 0) return 0;
  return stepTransaction(parts, async (tx) => {
    let moved = 0;
    for (const state of ['approved', 'reserved', 'funded'] as const) {
      const moves = overdue
        .filter((transfer) => transfer.state === state)
        .map(({ id }): Move => ({ id, to: 'returning', code: 'deadline-passed' }));
      moved += (await moveInStep(parts, tx, state, moves)).length;
    }
    return moved;
  });
};

/** Giving back is idempotent at the registry, so a crash between the two only repeats it. */
export const giveBackReturning: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'returning', batchMax);
  if (transfers.length === 0) return 0;
  const reserved = transfers.filter(({ kind }) => kind === 'transfer').map(({ id }) => id);
  if (reserved.length > 0) {
    const answer = await parts.registry.giveBack(reserved, 'transfer-returned');
    if (!answer.ok) throw new RegistryUnavailable(answer.error.reason);
  }
  parts.crashPoint('settlement.after-give-back');
  return stepTransaction(parts, async (tx) => {
    const now = parts.clock.now();
    const ids = transfers.map(({ id }) => id);
    const steps = await stepsOf(tx, ids);
    await releaseMoney(tx, ids, now);
    const moves = ids.map((id): Move => {
      const code = steps.get(id)?.at(-1)?.code ?? 'refused';
      return { id, to: code === cancelledCode ? 'cancelled' : 'failed', code };
    });
    return (await moveInStep(parts, tx, 'returning', moves, now)).length;
  });
};
