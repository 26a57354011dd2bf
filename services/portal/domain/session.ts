/** How long a browser session lasts. */
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';

export const SESSION_IDLE_MS = 30 * 60_000;
export const SESSION_LIFE_MS = 8 * 3_600_000;
export const ACTIVATION_LIFE_MS = 24 * 3_600_000;

export interface SessionTimes {
  readonly lastUsedAt: Instant;
  readonly expiresAt: Instant;
}

export function isSessionAlive({ lastUsedAt, expiresAt }: SessionTimes, now: Instant): boolean {
  return expiresAt > now && addMilliseconds(lastUsedAt, SESSION_IDLE_MS) > now;
}
