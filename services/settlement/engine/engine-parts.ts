/** What the engine's steps work with. */
import type { Logger } from '#libs/log/log.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { ok } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { BankPort } from '../bank/bank-port.ts';
import type { PayeeCipher } from '../bank/payee-cipher.ts';
import type { RegistryPort } from '../domain/registry-port.ts';

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
