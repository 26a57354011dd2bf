import { expect, it } from 'vitest';
import { startOffset } from '#libs/event-bus/start-offset.ts';
import { createLogger } from '#libs/log/log.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const place = { topic: 't', partition: 0 };

it.each([
  ['nothing stored: from the first kept', undefined, 3n, 9n, 3n],
  ['stored inside: from there', 5n, 3n, 9n, 5n],
  ['stored at the end: from there', 9n, 3n, 9n, 9n],
  ['stored beyond the end: the topic was lost, from the first kept', 10n, 0n, 9n, 0n],
  ['stored before the first kept: from the first kept', 2n, 3n, 9n, 3n],
])('%s', (_, stored, first, next, expected) => {
  expect(startOffset({ ...place, stored, first, next }, log)).toBe(expected);
});
