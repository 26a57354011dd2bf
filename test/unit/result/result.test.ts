import { describe, expect, it } from 'vitest';
import { refuse } from '#libs/result/refusal.ts';
import {
  assert,
  AssertionFailure,
  assertNever,
  err,
  expectOk,
  ok,
  present,
} from '#libs/result/result.ts';

describe('a result', () => {
  it('carries a value or an error', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(ok()).toEqual({ ok: true, value: undefined });
    expect(err('no')).toEqual({ ok: false, error: 'no' });
  });

  it('is unpacked only where it must have succeeded', () => {
    expect(expectOk(ok(1), 'one')).toBe(1);
    expect(() => expectOk(refuse('nothing-there'), 'one')).toThrow(/one: .*nothing-there/);
  });
});

describe('a refusal', () => {
  it('carries nothing that was not given', () => {
    expect(refuse('nothing-there')).toEqual({ ok: false, error: { code: 'nothing-there' } });
  });

  it('carries parameters and the members at fault', () => {
    const items = [{ pointer: '/a', code: 'field-missing' }];
    expect(refuse('bad', { a: 'b' }, items).error).toEqual({
      code: 'bad',
      params: { a: 'b' },
      errors: items,
    });
  });
});

describe('an assertion', () => {
  it('throws a failure of its own kind', () => {
    expect(() => assert(false, 'impossible')).toThrow(AssertionFailure);
    expect(() => assert(true, 'impossible')).not.toThrow();
  });

  it('names an unhandled case', () => {
    expect(() => assertNever('other' as never)).toThrow(/other/);
  });

  it('refuses what is missing and lets empty values pass', () => {
    expect(() => present(undefined, 'the row')).toThrow(/the row is missing/);
    expect(present(0, 'the count')).toBe(0);
    expect(present('', 'the text')).toBe('');
  });
});
