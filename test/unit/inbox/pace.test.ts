import { describe, expect, it } from 'vitest';
import { Pace } from '#libs/inbox/pace.ts';

/** A pace whose transactions take as long as the test says. */
function paced(max: number, wantedMs: number | undefined) {
  let now = 0;
  const pace = new Pace(max, wantedMs, () => now);
  const take = async (count: number, tookMs: number): Promise<number> => {
    await pace.measure(count, async () => {
      now += tookMs;
    });
    return pace.size;
  };
  return { pace, take };
}

describe('the pace of a consumer', () => {
  it('takes all that come together where no time is wanted', async () => {
    const { pace, take } = paced(100, undefined);
    expect(pace.size).toBe(100);
    expect(await take(100, 60_000)).toBe(100);
  });

  it('doubles while transactions are short, up to the most', async () => {
    const { take } = paced(50, 1_000);
    expect(await take(16, 100)).toBe(32);
    expect(await take(32, 200)).toBe(50);
    expect(await take(50, 300)).toBe(50);
  });

  it('learns nothing from the short end of a batch', async () => {
    const { take } = paced(50, 1_000);
    expect(await take(3, 10)).toBe(16);
  });

  it('shrinks to what fits the time, and to one message at the least', async () => {
    const { take } = paced(50, 1_000);
    expect(await take(16, 4_000)).toBe(4);
    expect(await take(4, 60_000)).toBe(1);
    expect(await take(1, 400)).toBe(2);
  });

  it('stays where transactions take about as long as wanted', async () => {
    const { take } = paced(50, 1_000);
    expect(await take(16, 800)).toBe(16);
  });

  it('passes on a fault and keeps its size', async () => {
    const { pace } = paced(50, 1_000);
    await expect(pace.measure(16, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(pace.size).toBe(16);
  });
});
