/** Times as the regulator's model writes them: date-time with the market's fixed offset. */
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';

const OFFSET_MS = 8 * 3_600_000;

/** '2026-11-24T23:10:02+08:00'; whole seconds. */
export function modelDateTime(instant: Instant): string {
  return `${addMilliseconds(instant, OFFSET_MS).slice(0, 19)}+08:00`;
}
