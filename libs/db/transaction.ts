/** The one transaction wrapper: commits a success, rolls back a refusal, repeats a lost race. */
import { setTimeout as sleep } from 'node:timers/promises';
import { err, type Result } from '#libs/result/result.ts';
import type { Database, Tx } from './database.ts';
import { isRetryable } from './errors.ts';

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly firstDelayMs: number;
}

const DEFAULT_RETRY: RetryPolicy = { attemptsMax: 6, firstDelayMs: 8 };

class Refused<E> extends Error {
  readonly refusal: E;

  constructor(refusal: E) {
    super('refused');
    this.refusal = refusal;
  }
}

/**
 * Runs `work` in one transaction. An error result rolls everything back and is returned; a thrown
 * error rolls back and is thrown. Serialization failures and deadlocks repeat `work` from the
 * start, a bounded number of times, so `work` changes nothing but the database.
 * Errors: throws CommitUnknown where the connection was lost during COMMIT.
 */
export async function inTransaction<DB, T, E>(
  db: Database<DB>,
  isolation: Isolation,
  work: (tx: Tx<DB>) => Promise<Result<T, E>>,
  retry: RetryPolicy = DEFAULT_RETRY,
): Promise<Result<T, E>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(db, isolation, work);
    } catch (error) {
      if (!isRetryable(error) || attempt >= retry.attemptsMax) throw error;
      await sleep(backoffMs(retry.firstDelayMs, attempt));
    }
  }
}

async function once<DB, T, E>(
  db: Database<DB>,
  isolation: Isolation,
  work: (tx: Tx<DB>) => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  try {
    return await db
      .transaction()
      .setIsolationLevel(isolation)
      .execute(async (tx) => {
        const result = await work(tx);
        if (!result.ok) throw new Refused(result.error);
        return result;
      });
  } catch (error) {
    // Only `work` of this very call can have thrown it, so the type is known.
    if (error instanceof Refused) return err(error.refusal as E);
    throw error;
  }
}

/** Doubles each time, spread over half to the whole of it, so that rivals part. */
function backoffMs(firstDelayMs: number, attempt: number): number {
  const ceiling = firstDelayMs * 2 ** (attempt - 1);
  const [spread = 0] = crypto.getRandomValues(new Uint8Array(1));
  return ceiling / 2 + (ceiling / 2) * (spread / 255);
}
