import { expect, it } from 'vitest';
import { addMilliseconds, type Instant, instantFromUnixSeconds } from '#libs/time/instant.ts';
import {
  checkPassword,
  type FailureCount,
  LOCK_MS,
  lockedUntil,
  withFailure,
} from '../../../services/portal/domain/login.ts';

const now: Instant = instantFromUnixSeconds(1_795_500_000);
const none: FailureCount = { failures: 0, lastFailureAt: undefined };

it('locks at the fifth failure in a row, until a lock has passed since the last', () => {
  let count = none;
  for (let failure = 1; failure <= 4; failure += 1) {
    count = withFailure(count, now);
    expect(lockedUntil(count, now)).toBeUndefined();
  }
  count = withFailure(count, now);
  expect(lockedUntil(count, now)).toBe(addMilliseconds(now, LOCK_MS));
  expect(lockedUntil(count, addMilliseconds(now, LOCK_MS - 1))).toBeDefined();
  expect(lockedUntil(count, addMilliseconds(now, LOCK_MS))).toBeUndefined();
});

it('forgets failures that lie further back than a lock lasts', () => {
  const four = { failures: 4, lastFailureAt: now };
  expect(withFailure(four, addMilliseconds(now, LOCK_MS - 1)).failures).toBe(5);
  expect(withFailure(four, addMilliseconds(now, LOCK_MS)).failures).toBe(1);
});

it.each([
  ['twelve characters', 'abcdefghijkl', true],
  ['eleven characters', 'abcdefghijk', false],
  ['twelve Chinese characters', '甲乙丙丁戊己庚辛壬癸子丑', true],
  ['128 characters', 'ab'.repeat(64), true],
  ['129 characters', `${'ab'.repeat(64)}c`, false],
  ['one character repeated', 'aaaaaaaaaaaaaaa', false],
  ['the user name in capitals', 'XX-LI.SI-XX-XX', false],
])('judges a password: %s', (_, password, isFine) => {
  expect(checkPassword(password, 'li.si').ok).toBe(isFine);
});
