import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Check, countDifferences, reportLines, runChecks } from '#libs/fsck/run-checks.ts';
import { compareStored } from '#libs/result/difference.ts';
import {
  counterOf,
  openSampleStore,
  type SampleStore,
  type SampleTables,
} from '../db/sample-store.ts';

let store: SampleStore;

beforeAll(async () => {
  store = await openSampleStore();
});
afterAll(() => store.drop());

const counterIs = (expected: bigint): Check<SampleTables> => ({
  name: `counter is ${expected}`,
  async *run(tx) {
    yield* compareStored('counter', '1 value', expected, await counterOf(tx));
  },
});

describe('a run of checks', () => {
  it('tells where something differs, with what was expected and found', async () => {
    const reports = await runChecks(store.db, [counterIs(0n), counterIs(1n)]);
    expect(countDifferences(reports)).toBe(1);
    expect(reportLines(reports)).toEqual([
      'counter is 0: 0 differences',
      'counter is 1: 1 differences',
      '  counter 1 value: expected 1, found 0',
    ]);
  });

  it('sees one moment, whatever is committed meanwhile', async () => {
    const meddle: Check<SampleTables> = {
      name: 'meddling',
      async *run() {
        await store.db.updateTable('counter').set({ value: 7n }).execute();
        yield* [];
      },
    };
    const reports = await runChecks(store.db, [counterIs(0n), meddle, counterIs(0n)]);
    expect(countDifferences(reports)).toBe(0);
    expect(await counterOf(store.db)).toBe(7n);
  });

  it('cannot change anything', async () => {
    const change: Check<SampleTables> = {
      name: 'change',
      async *run(tx) {
        await sql`update counter set value = 9`.execute(tx);
        yield* [];
      },
    };
    await expect(runChecks(store.db, [change])).rejects.toMatchObject({ code: '25006' });
  });

  it('keeps a bounded number of differences and says that there are more', async () => {
    const broken: Check<SampleTables> = {
      name: 'broken',
      *run() {
        for (let row = 0; ; row += 1) yield* compareStored('counter', String(row), true, false);
      },
    };
    const [report] = await runChecks(store.db, [broken]);
    expect(report).toMatchObject({ isCut: true });
    expect(report?.differences).toHaveLength(1_000);
    expect(reportLines(report ? [report] : [])[0]).toBe('broken: 1000 or more differences');
  });
});

describe('a comparison', () => {
  it('shows bytes in hexadecimal and absence as such', () => {
    expect([...compareStored('t', 'k', new Uint8Array([1, 255]), null)]).toEqual([
      { table: 't', key: 'k', expected: '01ff', found: 'nothing' },
    ]);
    expect([...compareStored('t', 'k', new Uint8Array([1]), Buffer.from([1]))]).toEqual([]);
  });
});
