/** UUID version 7 (RFC 9562 5.7): time-ordered, unguessable, monotonic within the process. */
import type { Brand } from '#libs/result/brand.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { type Clock, systemClock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';

export type Uuid = Brand<string, 'Uuid'>;

export interface IdGenerator {
  next(): Uuid;
}

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const COUNTER_MAX = 0xfff;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower case only: one identifier has one spelling. */
export function isUuid(value: unknown): value is Uuid {
  return typeof value === 'string' && FORM.test(value);
}

/** Errors: id-malformed. */
export function parseUuid(text: string): Result<Uuid, Refusal<'id-malformed'>> {
  return isUuid(text) ? ok(text) : refuse('id-malformed', { value: text.slice(0, 40) });
}

/** Fills the array with bytes that nobody can predict. */
export type RandomBytes = (target: Uint8Array) => void;

/**
 * Makes a generator whose ids only rise: rand_a is a counter within the millisecond (RFC 9562 6.2,
 * method 1) started low at random, and a clock that goes back, or a full counter, borrows the next
 * millisecond.
 */
export function createIdGenerator(
  clock: Clock = systemClock,
  fillRandom: RandomBytes = fillFromSystem,
): IdGenerator {
  let lastMs = -1;
  let counter = 0;
  const random = new Uint8Array(10);
  return {
    next() {
      fillRandom(random);
      const nowMs = toMilliseconds(clock.now());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        counter = (((random[8] ?? 0) << 8) | (random[9] ?? 0)) & 0x7ff;
      } else if (counter < COUNTER_MAX) {
        counter += 1;
      } else {
        lastMs += 1;
        counter = 0;
      }
      return format(lastMs, counter, random);
    },
  };
}

export const systemIds: IdGenerator = createIdGenerator();

export function newUuid(): Uuid {
  return systemIds.next();
}

function format(ms: number, counter: number, random: Uint8Array): Uuid {
  const time = ms.toString(16).padStart(12, '0');
  const rank = counter.toString(16).padStart(3, '0');
  const variant = HEX[((random[0] ?? 0) & 0x3f) | 0x80] ?? '';
  let tail = '';
  for (let place = 2; place < 8; place += 1) tail += HEX[random[place] ?? 0];
  const head = `${time.slice(0, 8)}-${time.slice(8)}-7${rank}`;
  return `${head}-${variant}${HEX[random[1] ?? 0]}-${tail}` as Uuid;
}

function fillFromSystem(target: Uint8Array): void {
  crypto.getRandomValues(target);
}
