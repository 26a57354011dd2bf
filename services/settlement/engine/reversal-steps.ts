/** Reversals take no cycle: the money that must come back is held, decided, then the shares move. */
import { assert } from '#libs/result/result.ts';
import { holdOf, payerOf } from '../domain/money-lines.ts';
import { holdMoney } from '../repositories/money-repository.ts';
import { type Move, moveTransfers, transfersIn } from '../repositories/transfer-repository.ts';
import { batchMax, RegistryUnavailable, type Step, stepTransaction } from './engine-parts.ts';

const reversals = { kind: 'reversal' } as const;

export const holdForReversals: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'approved', batchMax, reversals);
  if (transfers.length === 0) return 0;
  return stepTransaction(parts, async (tx) => {
    const now = parts.clock.now();
    const held = await holdMoney(
      tx,
      transfers.map((transfer) => ({
        instructionId: transfer.id,
        accountId: payerOf(transfer),
        amountFen: holdOf(transfer),
      })),
      now,
    );
    const moves = [...held].map((id): Move => ({ id, to: 'funded' }));
    const moved = await moveTransfers(tx, 'approved', now, moves);
    assert(moved.length === held.size, 'a reversal moved while its money was held');
    return moved.length;
  });
};

export const decideReversals: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'funded', batchMax, reversals);
  if (transfers.length === 0) return 0;
  const moves = transfers.map(({ id }): Move => ({ id, to: 'decided' }));
  const moved = await stepTransaction(parts, (tx) =>
    moveTransfers(tx, 'funded', parts.clock.now(), moves),
  );
  return moved.length;
};

/** Only here may the registry still refuse: the shares may have moved on since they were delivered. */
export const reverseDecided: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'decided', batchMax, reversals);
  let count = 0;
  for (const transfer of transfers) {
    assert(transfer.originalId !== null, 'a reversal has an original');
    const reason = transfer.reason ?? 'reversal';
    const answer = await parts.registry.reverse(transfer.id, transfer.originalId, reason);
    if (!answer.ok) throw new RegistryUnavailable(answer.error.reason);
    parts.crashPoint('settlement.after-reverse');
    const outcome = answer.value;
    const move: Move = outcome.ok
      ? { id: transfer.id, to: 'delivered', delivery: outcome.delivery }
      : {
          id: transfer.id,
          to: 'returning',
          code: outcome.findings[0]?.code ?? 'refused',
          detail: { findings: outcome.findings },
        };
    const moved = await stepTransaction(parts, (tx) =>
      moveTransfers(tx, 'decided', parts.clock.now(), [move]),
    );
    count += moved.length;
  }
  return count;
};
