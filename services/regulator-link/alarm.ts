// Alarms: an error line with a stable name; the status page tells those that still stand.
import type { LogFields, Logger } from '#libs/log/log.ts';

export type Alarm = (name: string, fields?: LogFields) => void;

export function createAlarm(log: Logger): Alarm {
  return (name, fields = {}) =>
    log.error(`alarm: ${name}`, { ...fields, code: fields.code ?? name });
}
