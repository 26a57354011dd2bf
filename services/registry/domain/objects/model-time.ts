/** Times as the regulator's model writes them: date-time with the market's fixed offset. */
import { addMilliseconds, instantFromMilliseconds } from '#libs/time/instant.ts';

const OFFSET_MS = 8 * 3_600_000;

/** '2026-11-24T23:10:02+08:00'. Unit: Unix seconds. */
export function modelDateTime(timestampSeconds: bigint): string {
  const milliseconds = Number.parseInt(timestampSeconds.toString(), 10) * 1_000;
  const shifted = addMilliseconds(instantFromMilliseconds(milliseconds), OFFSET_MS);
  return `${shifted.slice(0, 19)}+08:00`;
}
