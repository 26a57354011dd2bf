import { describe, expect, it } from 'vitest';
import type { Operation } from '#libs/contracts/contract.ts';
import { routedOperations } from '#libs/tooling/contract-coverage.ts';
import { namesWord, testTitles, untestedOperations } from '#libs/tooling/test-titles.ts';
import { contracts } from './repository.ts';

describe.each(contracts)('the contract of $name', ({ operations, sources, tests }) => {
  it('has exactly one route for each operation', () => {
    const routed = sources.flatMap(routedOperations);
    expect(routed.toSorted()).toEqual([...operations.keys()].sort());
  });

  it('has an HTTP test of each operation', () => {
    expect(untestedOperations(tests.flatMap(testTitles), operations)).toEqual([]);
  });
});

const operationAt = (method: 'get' | 'post', path: string): Operation => ({
  method,
  path,
  kind: 'read',
  public: true,
  admission: {},
  problems: [],
  takesIdempotencyKey: false,
  takesIfMatch: false,
});

describe('the check itself', () => {
  const file = (text: string): { path: string; text: string } => ({ path: 'x.test.ts', text });

  it('finds routes by their makers, and no other calls', () => {
    const text = `query('a', f); route.command('b', f); action("c", f); query('d'); find('e', f);
      pool.query('select 1', []);`;
    expect(routedOperations(file(text))).toEqual(['a', 'b', 'c']);
  });

  it('finds titles of tests, and neither comments nor other texts', () => {
    const text = `describe('a b', () => { it.each([])('c', f); it.skip('d', f); it.todo('e'); });
      /* it('f') */ const g = 'it';`;
    expect(testTitles(file(text)).map((title) => title.text)).toEqual(['a b', 'c']);
  });

  it('counts of several operations in a chapter those that it calls', () => {
    const operations = new Map([
      ['getA', operationAt('get', '/v1/a/{id}')],
      ['makeA', operationAt('post', '/v1/a')],
    ]);
    const untested = (body: string, title = 'getA and makeA'): string[] =>
      untestedOperations(testTitles(file(`describe('${title}', () => { ${body} });`)), operations);
    expect(untested('http.get(`/v1/a/${id}?x=1`); post(maker, "/v1/a");')).toEqual([]);
    expect(untested('http.get(`/v1/a/${id}`);')).toEqual(['makeA']);
    expect(untested('http.get("/v1/a"); post(`/v1/a/${id}`);')).toEqual(['getA', 'makeA']);
    expect(untested('', 'getA')).toEqual(['makeA']);
    expect(untested('client.call("getA", {}); client.call("makeA", {});')).toEqual([]);
    expect(untested('it("makeA answers", f)')).toEqual(['getA']);
  });

  it('follows a chapter into the helpers of its file', () => {
    const text = `const post = (path) => http.post(path); const made = () => post('/v1/a');
      describe('makeA and makeB', () => { it('answers', () => made()); });`;
    const operations = new Map([
      ['makeA', operationAt('post', '/v1/a')],
      ['makeB', operationAt('post', '/v1/b')],
    ]);
    expect(untestedOperations(testTitles(file(text)), operations)).toEqual(['makeB']);
  });

  it('does not take part of a word for the word', () => {
    expect(namesWord('getHolders answers', 'getHolder')).toBe(false);
    expect(namesWord('getHolder: answers', 'getHolder')).toBe(true);
  });
});
