/** Secures both legs of agreed transfers: the seller's shares, then the buyer's money. */
import type { ItemOutcome } from '../domain/registry-port.ts';
import { holdOf, payerOf } from '../domain/money-lines.ts';
import { holdMoney } from '../repositories/money-repository.ts';
import { type Move, moveTransfers, transfersIn } from '../repositories/transfer-repository.ts';
import { batchMax, RegistryUnavailable, type Step, stepTransaction } from './engine-parts.ts';

/** Refused by the registry: every finding is kept as the reason. */
export function refusedMove(outcome: Extract<ItemOutcome, { ok: false }>, to: Move['to']): Move {
  const [first] = outcome.findings;
  return {
    id: outcome.instructionId,
    to,
    code: first?.code ?? 'refused',
    detail: { findings: outcome.findings },
  };
}

export const reserveApproved: Step = async (parts) => {
  const transfers = await transfersIn(parts.db, 'approved', batchMax, { kind: 'transfer' });
  if (transfers.length === 0) return 0;
  const answer = await parts.registry.reserve(
    transfers.map((transfer) => ({ ...transfer, instructionId: transfer.id })),
  );
  if (!answer.ok) throw new RegistryUnavailable(answer.error.reason);
  parts.crashPoint('settlement.after-reserve');
  const moves = answer.value.map(
    (outcome): Move =>
      outcome.ok ? { id: outcome.instructionId, to: 'reserved' } : refusedMove(outcome, 'failed'),
  );
  const moved = await stepTransaction(parts, (tx) =>
    moveTransfers(tx, 'approved', parts.clock.now(), moves),
  );
  return moved.length;
};

/** Holds as far as the money goes, oldest agreement first; who lacks it waits for the deadline. */
export const holdReserved: Step = async (parts) => {
  let moved = 0;
  let after: Parameters<typeof transfersIn>[3] = {};
  for (;;) {
    const transfers = await transfersIn(parts.db, 'reserved', batchMax, after);
    const last = transfers.at(-1);
    if (last === undefined) return moved;
    moved += await stepTransaction(parts, async (tx) => {
      const now = parts.clock.now();
      const holds = transfers.map((transfer) => ({
        instructionId: transfer.id,
        accountId: payerOf(transfer),
        amountFen: holdOf(transfer),
      }));
      const held = await holdMoney(tx, holds, now);
      const moves = transfers
        .filter(({ id }) => held.has(id))
        .map(({ id }): Move => ({ id, to: 'funded' }));
      parts.crashPoint('settlement.before-hold-commit');
      const done = await moveTransfers(tx, 'reserved', now, moves);
      if (done.length !== held.size) throw new Error('a transfer moved while its money was held');
      return done.length;
    });
    after = { after: last.id };
  }
};
