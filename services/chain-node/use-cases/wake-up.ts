/** Lets loops sleep until something has happened, or a time has passed. */
import { monotonicMilliseconds } from '#libs/time/clock.ts';

export class WakeUp {
  #waiting = new Set<() => void>();

  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next notification, after the time, or at once when aborted; never rejects. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}

/** Another process of the same node may have written: its wake-ups are not ours. */
const POLL_MS = 500;

/** Asks again at each wake-up, and at least every half second, until there is an answer or no time. */
export async function waitFor<T>(
  wakeUp: WakeUp,
  waitMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const until = monotonicMilliseconds() + waitMs;
  for (;;) {
    const answer = await ask();
    const leftMs = until - monotonicMilliseconds();
    if (answer !== undefined || leftMs <= 0) return answer;
    await wakeUp.wait(Math.min(leftMs, POLL_MS));
  }
}
