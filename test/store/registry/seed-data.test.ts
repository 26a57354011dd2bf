// The seeded reference data: trading calendar, share natures and rule parameters.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistryStore, type RegistryStore } from './registry-store.ts';

let store: RegistryStore;

beforeAll(async () => {
  store = await openRegistryStore();
});
afterAll(() => store.close());

async function openDays(from: string, to: string): Promise<string[]> {
  const { rows } = await store.query<{ date: string }>(
    'select date::text as date from trading_calendar where open and date between $1 and $2 order by 1',
    [from, to],
  );
  return rows.map((row) => row.date);
}

describe('the trading calendar', () => {
  it('has a row for each day from 2017 to 2029', async () => {
    const { rows } = await store.query<{ days: string; first: string; last: string }>(
      'select count(*)::text as days, min(date)::text as first, max(date)::text as last from trading_calendar',
    );
    expect(rows).toEqual([{ days: '4748', first: '2017-01-01', last: '2029-12-31' }]);
  });

  it('rests on the National Day holiday of 2025 and trades on no make-up weekend', async () => {
    expect(await openDays('2025-09-26', '2025-10-13')).toEqual([
      '2025-09-26',
      '2025-09-29',
      '2025-09-30',
      '2025-10-09',
      '2025-10-10',
      '2025-10-13',
    ]);
  });

  it('marks the years without a notice of the State Council provisional', async () => {
    const { rows } = await store.query<{ year: string }>(
      `select distinct extract(year from date)::text as year from trading_calendar
        where provisional order by 1`,
    );
    expect(rows.map((row) => row.year)).toEqual(['2027', '2028', '2029']);
  });
});

describe('the share natures', () => {
  it('let only circulating shares move by a trade transfer', async () => {
    const { rows } = await store.query<{ code: number }>(
      'select code from share_nature where tradable',
    );
    expect(rows).toEqual([{ code: 0 }]);
  });

  it('count 59 codes, of which three are without legal effect', async () => {
    const { rows } = await store.query<{ all: string; without: string }>(
      `select count(*)::text as all, count(*) filter (where not legal_effect)::text as without
         from share_nature`,
    );
    expect(rows).toEqual([{ all: '59', without: '3' }]);
  });
});

describe('the rule parameters', () => {
  it('cannot be changed or removed', async () => {
    await expect(
      store.asOwner("update registry.rule_parameter set value = '1' where rule = 'R8'"),
    ).rejects.toThrow('append-only');
    await expect(store.asOwner('delete from registry.rule_parameter')).rejects.toThrow(
      'append-only',
    );
  });
});
