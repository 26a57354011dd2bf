/** Logins: roles, lock-out after failures, and what a password must be. */
import type { Refusal } from '#libs/result/refusal.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** The subject in the registry that an investor is. */
  readonly subjectId: string | undefined;
}

export interface FailureCount {
  readonly failures: number;
  readonly lastFailureAt: Instant | undefined;
}

export const LOCK_AFTER_FAILURES = 5;
export const LOCK_MS = 15 * 60_000;
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 128;

/** Undefined where the login is open. */
export function lockedUntil(count: FailureCount, now: Instant): Instant | undefined {
  const { failures, lastFailureAt } = count;
  if (failures < LOCK_AFTER_FAILURES || lastFailureAt === undefined) return undefined;
  const until = addMilliseconds(lastFailureAt, LOCK_MS);
  return until > now ? until : undefined;
}

/** Failures that lie longer back than a lock lasts are forgotten. */
export function withFailure(count: FailureCount, now: Instant): FailureCount {
  const { failures, lastFailureAt } = count;
  const isRecent = lastFailureAt !== undefined && addMilliseconds(lastFailureAt, LOCK_MS) > now;
  return { failures: isRecent ? failures + 1 : 1, lastFailureAt: now };
}

/** Errors: password-too-weak. */
export function checkPassword(
  password: string,
  username: string,
): Result<undefined, Refusal<'password-too-weak'>> {
  const characters = [...password];
  const isLong = characters.length >= PASSWORD_LENGTH_MIN;
  const isBounded = characters.length <= PASSWORD_LENGTH_MAX;
  const isVaried = new Set(characters).size > 1;
  const holdsName = password.toLowerCase().includes(username);
  if (isLong && isBounded && isVaried && !holdsName) return ok();
  return refuse('password-too-weak', {
    lengthMin: String(PASSWORD_LENGTH_MIN),
    lengthMax: String(PASSWORD_LENGTH_MAX),
  });
}
