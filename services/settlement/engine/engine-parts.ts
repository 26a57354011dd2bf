/** What the engine's steps work with. */
import type { Logger } from '#libs/log/log.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { ok } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { BankPort } from '../bank/bank-port.ts';
import type { PayeeCipher } from '../bank/payee-cipher.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import type { TransferState } from '../domain/transfer.ts';
import { type Move, moveTransfers } from '../repositories/transfer-repository.ts';

export interface EngineParts {
  /** On the leader's own connection: a leader that lost its lock writes nothing. */
  readonly db: Database<unknown>;
  readonly registry: RegistryPort;
  readonly bank: BankPort;
  readonly payees: PayeeCipher;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where a fault test may have the process killed; see #libs/crash-points. */
  readonly crashPoint: (name: string) => void;
  readonly signal: AbortSignal;
}

/** Moves what it can and answers how many; throws where something outside did not answer. */
export type Step = (parts: EngineParts) => Promise<number>;

/** Most transfers in one registry call and one transaction. */
export const batchMax = 500;

/** The registry did not answer: the step is repeated later. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
}

/** One transaction of a step, which never refuses. */
export async function stepTransaction<T>(
  parts: EngineParts,
  work: (tx: Tx<unknown>) => Promise<T>,
): Promise<T> {
  const result = await inTransaction<unknown, T, never>(parts.db, 'read committed', async (tx) =>
    ok(await work(tx)),
  );
  if (!result.ok) throw new Error('a step does not refuse');
  return result.value;
}

/** The engine acts for the service itself; people's part in it is in their own records. */
export const engineContext = (now: Instant): ActingContext => ({
  actor: { kind: 'service', name: 'settlement' },
  now,
  traceId: newUuid().replaceAll('-', ''),
});

/**
 * Moves transfers and tells the audit trail, one record for all of them. `now` is that of all else
 * in the transaction: money and its transfer move at one moment.
 */
export async function moveInStep(
  parts: EngineParts,
  tx: Tx<unknown>,
  from: TransferState,
  moves: readonly Move[],
  now = parts.clock.now(),
): Promise<readonly Uuid[]> {
  const context = engineContext(now);
  const moved = await moveTransfers(tx, from, context.now, moves);
  const [first] = moved;
  if (first === undefined) return moved;
  const isMoved = new Set(moved);
  const to: Record<string, number> = {};
  for (const move of moves) {
    if (isMoved.has(move.id)) to[move.to] = (to[move.to] ?? 0) + 1;
  }
  await recordAudit(tx, context, {
    action: 'transfers-moved',
    target: moved.length === 1 ? `transfer:${first}` : `transfers:${moved.length}`,
    detail: { from, to, firstTransferId: first },
  });
  return moved;
}
