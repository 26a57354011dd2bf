/** The injected clock: the only source of the present. */
import { addMilliseconds, type Instant, instantFromMilliseconds } from './instant.ts';

export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = {
  now: () => instantFromMilliseconds(Date.now()),
};

export interface FixedClock extends Clock {
  set(instant: Instant): void;
  advance(milliseconds: number): void;
}

/** A clock that moves only when told. */
export function fixedClock(start: Instant): FixedClock {
  let current = start;
  return {
    now: () => current,
    set: (instant) => {
      current = instant;
    },
    advance: (milliseconds) => {
      current = addMilliseconds(current, milliseconds);
    },
  };
}

/** Time that only moves forward, for measuring how long something took. Unit: milliseconds. */
export function monotonicMilliseconds(): number {
  return performance.now();
}
