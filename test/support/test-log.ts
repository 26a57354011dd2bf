// A log that shows errors only: the defect behind a 500 is what a failing test needs to see.
import type { Logger } from '#libs/log/log.ts';

const errorsWhole = (_: string, value: unknown): unknown => {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'bigint' ? value.toString() : value;
};

const show = (...parts: unknown[]): void => {
  process.stderr.write(`${parts.map((part) => JSON.stringify(part, errorsWhole)).join(' ')}\n`);
};

const isShown = process.env['TEST_LOG'] !== undefined;

export const testLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (...parts: unknown[]) => (isShown ? show(...parts) : undefined),
  error: (...parts: unknown[]) => show(...parts),
};
