/** Secures both legs of agreed transfers: the seller's shares, then the buyer's money. */
import type { Tx } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import type { ItemOutcome } from '../domain/registry-port.ts';
import { holdOf, payerOf } from '../domain/money-lines.ts';
import type { Transfer } from '../domain/transfer.ts';
import { type Hold, holdMoney } from '../repositories/money-repository.ts';
import { type Move, transfersIn } from '../repositories/transfer-repository.ts';
import {
  batchMax,
  type EngineParts,
  moveInStep,
  RegistryUnavailable,
  type Step,
  stepTransaction,
} from './engine-parts.ts';

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
  const moved = await stepTransaction(parts, (tx) => moveInStep(parts, tx, 'approved', moves));
  return moved.length;
};

/** Holds as far as the money goes, oldest agreement first; who lacks it waits for the deadline. */
export const holdReserved: Step = async (parts) => {
  let moved = 0;
  let after: Uuid | undefined;
  do {
    const page = await stepTransaction(parts, (tx) => holdPage(parts, tx, after));
    moved += page.moved;
    after = page.last;
  } while (after !== undefined && !parts.signal.aborted);
  return moved;
};

async function holdPage(
  parts: EngineParts,
  tx: Tx<unknown>,
  after: Uuid | undefined,
): Promise<{ readonly moved: number; readonly last: Uuid | undefined }> {
  const page = { isLocked: true, ...(after === undefined ? {} : { after }) };
  const transfers = await transfersIn(tx, 'reserved', batchMax, page);
  const now = parts.clock.now();
  const held = await holdMoney(tx, transfers.map(toHold), now);
  const moves = [...held].map((id): Move => ({ id, to: 'funded' }));
  const moved = await moveInStep(parts, tx, 'reserved', moves, now);
  assert(moved.length === held.size, 'a locked transfer moved while its money was held');
  parts.crashPoint('settlement.before-hold-commit');
  return { moved: moved.length, last: transfers.at(-1)?.id };
}

export const toHold = (transfer: Transfer): Hold => ({
  instructionId: transfer.id,
  accountId: payerOf(transfer),
  amountFen: holdOf(transfer),
});
