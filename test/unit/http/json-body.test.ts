// JSON bodies: strict and bounded in depth.
import { describe, expect, it } from 'vitest';
import { jsonDepthMax, parseJsonBody } from '#libs/http/json-body.ts';

const parse = (text: string): unknown => parseJsonBody(new TextEncoder().encode(text));
const refused = { ok: false, error: { code: 'malformed-json', params: { depthMax: '32' } } };
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parseJsonBody', () => {
  it('accepts the greatest depth and refuses one more', () => {
    expect(parse(nested(jsonDepthMax))).toMatchObject({ ok: true });
    expect(parse(nested(jsonDepthMax + 1))).toEqual(refused);
  });

  it('does not count brackets within strings, whatever is escaped', () => {
    const text = JSON.stringify({ text: `"\\${'['.repeat(100)}` });
    expect(parse(text)).toMatchObject({ ok: true });
  });

  it('counts depth, not brackets', () => {
    expect(parse(`[${'[],'.repeat(100)}[]]`)).toMatchObject({ ok: true });
  });

  it.each(['', '{', '{"a":1}x', 'NaN', "{'a':1}", '\uFEFF{}', '{"a":01}', '{"a":1,}'])(
    'refuses %j',
    (text) => {
      expect(parse(text)).toEqual(refused);
    },
  );
});
