/** Instants: points in time as branded ISO 8601 UTC text with milliseconds. */
import type { Brand } from '#libs/result/brand.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';

/** '2026-11-24T22:55:15.123Z'; text order is time order. */
export type Instant = Brand<string, 'Instant'>;

const FORM = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

const TEXT_LENGTH = 24;

export function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !FORM.test(value)) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value;
}

/** Reads our own exact form. Errors: instant-malformed. */
export function parseInstant(text: string): Result<Instant, Refusal<'instant-malformed'>> {
  return isInstant(text) ? ok(text) : refuse('instant-malformed', { value: text.slice(0, 40) });
}

export function instantFromMilliseconds(milliseconds: number): Instant {
  const text = new Date(milliseconds).toISOString();
  // Years of other than four digits are written longer.
  assert(text.length === TEXT_LENGTH, `instant out of range: ${milliseconds}`);
  return text as Instant;
}

export function toMilliseconds(instant: Instant): number {
  return Date.parse(instant);
}

/** For libraries that ask for a Date. */
export function toDate(instant: Instant): Date {
  return new Date(toMilliseconds(instant));
}

export function instantFromUnixSeconds(seconds: number): Instant {
  return instantFromMilliseconds(seconds * 1000);
}

/** Whole seconds since 1970, rounded down. */
export function toUnixSeconds(instant: Instant): number {
  return Math.floor(toMilliseconds(instant) / 1000);
}

export function addMilliseconds(instant: Instant, milliseconds: number): Instant {
  return instantFromMilliseconds(toMilliseconds(instant) + milliseconds);
}

/** `until` minus `since`. Unit: milliseconds. */
export function millisecondsBetween(since: Instant, until: Instant): number {
  return toMilliseconds(until) - toMilliseconds(since);
}
