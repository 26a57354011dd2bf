// So many calls at once: one above them waits its turn, unread, and is refused when that is long.
import type { Response } from 'express';
import { RefusedCall } from './error-answer.ts';

export interface CallLimit {
  /** Calls under way. */
  readonly atOnce: number;
  /** Calls that may wait for their turn; what comes above is refused at once. */
  readonly waiting: number;
  readonly patienceMs: number;
}

/** Above a service's database connections, so that calls wait for those rather than for this. */
export const usualCallLimit: CallLimit = { atOnce: 32, waiting: 1_000, patienceMs: 5_000 };

/** Long polls: each call costs little and is under way for long. */
export const patientCallLimit: CallLimit = { ...usualCallLimit, atOnce: 256 };

/** Settles when it is this call's turn, which ends with its answer. Errors (thrown): service-busy. */
export type TakeTurn = (res: Response) => Promise<void>;

/** Keeps the event loop free for the calls under way and for /readyz. Counts in this process. */
export const limitCalls = ({ atOnce, waiting, patienceMs }: CallLimit): TakeTurn => {
  let underWay = 0;
  /** In order of arrival: what each does when its turn comes. */
  const queue = new Set<() => void>();

  const begin = (res: Response): void => {
    underWay += 1;
    res.once('close', () => {
      underWay -= 1;
      const [next] = queue;
      next?.();
    });
  };

  const wait = (res: Response): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        queue.delete(take);
        res.off('close', leave);
      };
      const take = (): void => {
        leave();
        begin(res);
        resolve();
      };
      const timer = setTimeout(() => {
        leave();
        reject(new RefusedCall({ code: 'service-busy' }));
      }, patienceMs);
      queue.add(take);
      // The caller went away: nothing goes on with this call.
      res.once('close', leave);
    });

  return async (res) => {
    if (underWay < atOnce) begin(res);
    else if (queue.size < waiting) await wait(res);
    else throw new RefusedCall({ code: 'service-busy' });
  };
};
