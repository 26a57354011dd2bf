/** Reversals take no cycle: the money that must come back is held, decided, then the shares move. */
import type { Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import type { ReversalOutcome } from '../domain/registry-port.ts';
import { holdMoney } from '../repositories/money-repository.ts';
import { type Move, transfersIn } from '../repositories/transfer-repository.ts';
import {
  batchMax,
  moveInStep,
  RegistryUnavailable,
  type Step,
  stepTransaction,
} from './engine-parts.ts';
import { toHold } from './secure-steps.ts';

const reversals = { kind: 'reversal' } as const;

export const holdForReversals: Step = async (parts) =>
  stepTransaction(parts, async (tx) => {
    const page = { ...reversals, isLocked: true };
    const transfers = await transfersIn(tx, 'approved', batchMax, page);
    const now = parts.clock.now();
    const held = await holdMoney(tx, transfers.map(toHold), now);
    const moves = [...held].map((id): Move => ({ id, to: 'funded' }));
    const moved = await moveInStep(parts, tx, 'approved', moves, now);
    assert(moved.length === held.size, 'a locked reversal moved while its money was held');
    return moved.length;
  });

export const decideReversals: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'funded', batchMax, reversals);
  if (transfers.length === 0) return 0;
  const moves = transfers.map(({ id }): Move => ({ id, to: 'decided' }));
  const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'funded', moves));
  return moved.length;
};

/**
 * Only here may the registry still refuse: the shares may have moved on since they were delivered.
 * One that gets no answer does not keep the others waiting.
 */
export const reverseDecided: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'decided', batchMax, reversals);
  let count = 0;
  let unanswered: string | undefined;
  for (const transfer of transfers) {
    assert(transfer.originalId !== null, 'a reversal has an original');
    const reason = transfer.reason ?? 'reversal';
    const answer = await parts.registry.reverse(transfer.id, transfer.originalId, reason);
    if (!answer.ok) {
      unanswered ??= answer.error.reason;
      continue;
    }
    parts.crashPoint('settlement.after-reverse');
    const move = moveAfter(transfer.id, answer.value);
    const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'decided', [move]));
    count += moved.length;
  }
  if (count === 0 && unanswered !== undefined) throw new RegistryUnavailable(unanswered);
  return count;
};

const moveAfter = (id: Uuid, outcome: ReversalOutcome): Move =>
  outcome.ok
    ? { id, to: 'delivered', delivery: outcome.delivery }
    : {
        id,
        to: 'returning',
        code: outcome.findings[0]?.code ?? 'refused',
        detail: { findings: outcome.findings },
      };
