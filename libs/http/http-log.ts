// The process's logger as libs/http writes to it.
import type { Logger } from '#libs/log/log.ts';
import type { HttpLog } from './error-answer.ts';

export function httpLogOn(log: Logger): HttpLog {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      log[level](message, 'err' in fields ? { ...fields, error: fields.err } : fields);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
