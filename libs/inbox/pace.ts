/** How many messages go in one transaction, so that it keeps to a time. */
import { monotonicMilliseconds } from '#libs/time/clock.ts';

const FIRST_SIZE = 16;

export class Pace {
  readonly #max: number;
  readonly #wantedMs: number | undefined;
  readonly #milliseconds: () => number;
  #size: number;

  /** Without a wanted time every transaction takes the most. */
  constructor(
    max: number,
    wantedMs: number | undefined,
    milliseconds: () => number = monotonicMilliseconds,
  ) {
    this.#max = max;
    this.#wantedMs = wantedMs;
    this.#milliseconds = milliseconds;
    this.#size = wantedMs === undefined ? max : Math.min(max, FIRST_SIZE);
  }

  get size(): number {
    return this.#size;
  }

  /** Does the work on so many messages; what it took sets the size of the next part. */
  async measure(count: number, work: () => Promise<void>): Promise<void> {
    const start = this.#milliseconds();
    await work();
    if (this.#wantedMs === undefined) return;
    const tookMs = this.#milliseconds() - start;
    if (tookMs > this.#wantedMs) {
      this.#size = Math.max(1, Math.floor((count * this.#wantedMs) / tookMs));
    } else if (count === this.#size && 2 * tookMs < this.#wantedMs) {
      this.#size = Math.min(this.#max, 2 * this.#size);
    }
  }
}
