import { describe, expect, it } from 'vitest';
import { namesWord, routedOperations, testTitles } from '#libs/tooling/contract-coverage.ts';
import { contracts } from './repository.ts';

describe.each(contracts)('the contract of $name', ({ operationIds, sources, tests }) => {
  it('has exactly one route for each operation', () => {
    const routed = sources.flatMap(routedOperations);
    expect(routed.toSorted()).toEqual([...operationIds].sort());
  });

  it('has an HTTP test that names each operation in a title', () => {
    const titles = tests.flatMap(testTitles);
    const untested = operationIds.filter((id) => !titles.some((title) => namesWord(title, id)));
    expect(untested).toEqual([]);
  });
});

describe('the check itself', () => {
  const file = (text: string): { path: string; text: string } => ({ path: 'x.test.ts', text });

  it('finds routes by their makers, and no other calls', () => {
    const text = `query('a', f); route.command('b', f); action("c", f); query('d'); find('e', f);
      pool.query('select 1', []);`;
    expect(routedOperations(file(text))).toEqual(['a', 'b', 'c']);
  });

  it('finds titles of tests, and neither comments nor other texts', () => {
    const text = "describe('a b', () => { it.each([])('c', f); }); /* it('d') */ const e = 'it';";
    expect(testTitles(file(text))).toEqual(['a b', 'c']);
  });

  it('does not take part of a word for the word', () => {
    expect(namesWord('getHolders answers', 'getHolder')).toBe(false);
    expect(namesWord('getHolder: answers', 'getHolder')).toBe(true);
  });
});
