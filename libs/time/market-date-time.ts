/** An instant as the market writes it: local time of Asia/Shanghai with its offset. */
import { addMilliseconds, type Instant } from './instant.ts';

const offsetMs = 8 * 3_600_000;

/** `2026-11-24T10:00:00.000+08:00`. China has kept one offset, without summer time, since 1992. */
export function marketDateTime(instant: Instant): string {
  return addMilliseconds(instant, offsetMs).replace('Z', '+08:00');
}
