import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalBytes,
  canonicalJson,
  NotCanonicalError,
} from '#libs/canonical-json/canonical-json.ts';
import rfc8785 from '../../vectors/rfc8785-canonical-json.json' with { type: 'json' };

describe('canonical JSON follows RFC 8785', () => {
  test.each(rfc8785.objects)('writes the published object $canonical', ({ value, canonical }) => {
    expect(canonicalJson(value)).toBe(canonical);
  });

  test.each(rfc8785.numbers)('writes the double $ieee754 as $text', ({ ieee754, text }) => {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigUint64(0, BigInt(`0x${ieee754}`));
    expect(canonicalJson(bytes.getFloat64(0))).toBe(text);
  });

  test('gives the UTF-8 bytes of the text', () => {
    expect(canonicalBytes({ 名: '权籍' })).toEqual(new TextEncoder().encode('{"名":"权籍"}'));
  });

  test('does not depend on the order of members, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), plainJson), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        const text = canonicalJson(object);
        expect(canonicalJson(reversed)).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});

describe('canonical JSON refuses what JSON cannot carry', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  let deep: unknown = 0;
  for (let level = 0; level < 70; level++) deep = [deep];

  test.each([
    ['a bigint', { a: { b: 1n } }, '/a/b'],
    ['an undefined member', { a: undefined }, '/a'],
    ['an undefined element', [1, undefined], '/1'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is the case.
    ['a hole', [1, , 2], '/1'],
    ['undefined itself', undefined, ''],
    ['NaN', [Number.NaN], '/0'],
    ['an infinity', { x: Number.NEGATIVE_INFINITY }, '/x'],
    ['a lone high surrogate', { x: 'a\ud83d' }, '/x'],
    ['a lone low surrogate', { x: '\ude00a' }, '/x'],
    ['a lone surrogate in a name', { '\ud83d': 1 }, ''],
    ['a function', { 'a/b~c': () => 1 }, '/a~1b~0c'],
    ['a symbol', { a: Symbol('a') }, '/a'],
    ['a symbol-keyed member', { [Symbol('a')]: 1 }, ''],
    ['a date', { at: new Date(0) }, '/at'],
    ['a map', { m: new Map() }, '/m'],
    ['bytes', { b: new Uint8Array(2) }, '/b'],
    ['a toJSON method', { a: { toJSON: () => 1 } }, '/a'],
    ['a hidden toJSON method', Object.defineProperty({}, 'toJSON', { value: () => 1 }), ''],
  ])('refuses %s and says where', (_, value, path) => {
    expect(refusalPath(() => canonicalJson(value))).toBe(path);
  });

  test('refuses a cycle and a value nested beyond 64 levels', () => {
    expect(() => canonicalJson(cyclic)).toThrow(NotCanonicalError);
    expect(() => canonicalJson(deep)).toThrow(/deeper than 64/);
  });

  test('accepts an object without prototype, and one value at two places', () => {
    const shared = Object.assign(Object.create(null), { a: 1 });
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });
});

const plainJson = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
  try {
    return canonicalJson(value) !== '';
  } catch {
    return false;
  }
});

function refusalPath(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (fault) {
    expect(fault).toBeInstanceOf(NotCanonicalError);
    return fault instanceof NotCanonicalError ? fault.path : undefined;
  }
}
