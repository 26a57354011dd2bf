// Problem documents and the choice of language.
import { describe, expect, it } from 'vitest';
import { preferredLanguage } from '#libs/problem/language.ts';
import { toProblem } from '#libs/problem/problem.ts';

const occurrence = { instance: '/v1/x', traceId: '0'.repeat(32) };

describe('toProblem', () => {
  it('fills the parameters of the detail in the language asked for', () => {
    const refusal = { code: 'quantity-shortage', params: { held: '1', asked: '2' } } as const;
    expect(toProblem(refusal, { ...occurrence, language: 'en' })).toEqual({
      type: 'https://quanji.example/problems/quantity-shortage',
      title: 'Not enough shares',
      status: 422,
      detail: 'There are 1 shares where 2 are needed.',
      instance: '/v1/x',
      code: 'quantity-shortage',
      traceId: '0'.repeat(32),
    });
  });

  it('shows a dash for a parameter that is missing', () => {
    const problem = toProblem({ code: 'quantity-shortage' }, { ...occurrence, language: 'zh' });
    expect(problem.detail).toBe('现有 — 股，不足 — 股。');
  });

  it('does not take parameters from the prototype', () => {
    const refusal = { code: 'field-unknown', params: {} } as const;
    const problem = toProblem(refusal, { ...occurrence, language: 'en' });
    expect(problem.detail).toBe('The contract has no field —.');
  });

  it('details each error with its pointer and parameters', () => {
    const refusal = {
      code: 'malformed-request',
      errors: [{ pointer: '/a', code: 'field-missing', params: { name: 'a' } }],
    } as const;
    const problem = toProblem(refusal, { ...occurrence, language: 'zh' });
    expect(problem.errors).toEqual([
      { pointer: '/a', code: 'field-missing', detail: '缺少必填字段 a。', params: { name: 'a' } },
    ]);
  });
});

describe('preferredLanguage', () => {
  it.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr, en;q=0.5', 'en'],
    ['fr', 'zh'],
    ['en;q=0, *', 'zh'],
    ['zh;q=0.2, en;q=0.3', 'en'],
    ['en;q=bad', 'en'],
    [`en,${'x'.repeat(300)}`, 'zh'],
  ])('reads %j as %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });
});
