import { describe, expect, it } from 'vitest';
import { createIdGenerator, isUuid, newUuid, parseUuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import { fixedClock } from '#libs/time/clock.ts';
import { parseInstant } from '#libs/time/instant.ts';

const start = expectOk(parseInstant('2026-11-24T00:00:00.000Z'), 'start');
const timeOf = (uuid: string): number => Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);

describe('identifiers', () => {
  it('are UUIDs of version 7 and variant 10', () => {
    const id = newUuid();
    expect(isUuid(id)).toBe(true);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('carry the time of their making', () => {
    const id = createIdGenerator(fixedClock(start)).next();
    expect(timeOf(id)).toBe(Date.parse(start));
  });

  it('only rise, however many fall into one millisecond', () => {
    const ids = createIdGenerator(fixedClock(start));
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('only rise when the clock goes back', () => {
    const clock = fixedClock(start);
    const ids = createIdGenerator(clock);
    const before = ids.next();
    clock.advance(-60_000);
    expect(ids.next() > before).toBe(true);
  });

  it('differ between two generators of the same moment', () => {
    const clock = fixedClock(start);
    const made = Array.from({ length: 1_000 }, () => createIdGenerator(clock).next());
    expect(new Set(made).size).toBe(1_000);
  });

  it('use all the random bytes they are given', () => {
    const fillWith = (byte: number) => (target: Uint8Array) => void target.fill(byte);
    const zeros = createIdGenerator(fixedClock(start), fillWith(0)).next();
    const ones = createIdGenerator(fixedClock(start), fillWith(255)).next();
    expect(zeros.slice(14)).toBe('7000-8000-000000000000');
    expect(ones.slice(14)).toBe('77ff-bfff-ffffffffffff');
  });

  it.each([
    '',
    '0192f5e0-0000-7000-8000-00000000000',
    '0192F5E0-0000-7000-8000-000000000000',
    '{0192f5e0-0000-7000-8000-000000000000}',
    '0192f5e0000070008000000000000000',
    '0192f5e0-0000-0000-8000-000000000000',
    '0192f5e0-0000-7000-c000-000000000000',
  ])('do not look like %j', (text) => {
    expect(parseUuid(text)).toMatchObject({ error: { code: 'id-malformed' } });
  });
});
