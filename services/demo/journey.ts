/** The scripted journey: from an empty issuer to verified supervisory receipts, told step by step. */
import { systemClock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';

export interface Told {
  readonly step: string;
  readonly result: string;
  readonly link?: string;
  readonly seconds: string;
}

/** A step's promise did not hold. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export class Journey {
  readonly told: Told[] = [];
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Runs a step and tells its result, its link and its time. */
  async step<T>(
    name: string,
    run: () => Promise<{ readonly value: T; readonly result: string; readonly link?: string }>,
  ): Promise<T> {
    const since = toMilliseconds(systemClock.now());
    const { value, result, link } = await run();
    const seconds = ((toMilliseconds(systemClock.now()) - since) / 1_000).toFixed(1);
    this.told.push({ step: name, result, seconds, ...(link === undefined ? {} : { link }) });
    this.#write(`  ${seconds.padStart(6)} s  ${name}: ${result}`);
    return value;
  }
}

export function expectThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new StepFailed(what);
}

const waitMs = 250;

/** Asks until the answer fits, at most `seconds`. Errors: StepFailed with the last answer. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const endsAt = toMilliseconds(systemClock.now()) + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (toMilliseconds(systemClock.now()) > endsAt) {
      throw new StepFailed(
        `${what}: not within ${seconds} s: ${JSON.stringify(answer).slice(0, 800)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
