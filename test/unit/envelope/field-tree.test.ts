import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  discloseField,
  type FieldDisclosure,
  fieldSaltKey,
  fieldTreeRoot,
  verifyDisclosure,
} from '#libs/envelope/field-tree.ts';
import { fieldsOf } from '#libs/envelope/fields.ts';
import { toHex } from '#libs/sm/hex.ts';

const secrets = { recordId: 'SUB-018f/0', saltKey: fieldSaltKey(new Uint8Array(16).fill(5)) };
const subject = {
  name: '张三',
  roles: ['investor', 'issuer'],
  identity: { number: '11010519491231002X', type: 1 },
  contacts: [],
  extra: {},
  note: null,
  'a/b~c': true,
};
const root = fieldTreeRoot(subject, secrets);

describe('the fields of an object', () => {
  test('are its leaves under their JSON pointers, in order', () => {
    expect(fieldsOf(subject).map(({ path }) => path)).toEqual([
      '/a~1b~0c',
      '/contacts',
      '/extra',
      '/identity/number',
      '/identity/type',
      '/name',
      '/note',
      '/roles/0',
      '/roles/1',
    ]);
  });
});

describe('the field tree', () => {
  test.each(fieldsOf(subject))('shows $path alone', ({ path, value }) => {
    const disclosure = discloseField(subject, secrets, path);
    expect(disclosure.value).toEqual(value);
    expect(disclosure.siblings).toHaveLength(5);
    expect(verifyDisclosure(root, disclosure)).toBe(true);
    expect(verifyDisclosure(root, JSON.parse(JSON.stringify(disclosure)))).toBe(true);
  });

  test('has a golden root, which no change of the encoding may move', () => {
    expect(toHex(root)).toBe('682e7de241427802d85788b19a3bb528d7cbec08106472ff64a8119e84220001');
  });

  test('does not depend on the order of members, but on every value, name, id and key', () => {
    const reversed = Object.fromEntries(Object.entries(subject).reverse());
    expect(fieldTreeRoot(reversed, secrets)).toEqual(root);
    const others = [
      fieldTreeRoot({ ...subject, name: '张四' }, secrets),
      fieldTreeRoot({ ...subject, note: '' }, secrets),
      fieldTreeRoot({ ...subject, contacts: {} }, secrets),
      fieldTreeRoot({ ...subject, identity: { ...subject.identity, type: '1' } }, secrets),
      fieldTreeRoot({ ...subject, roles: ['issuer', 'investor'] }, secrets),
      fieldTreeRoot(subject, { ...secrets, recordId: 'SUB-018f/1' }),
      fieldTreeRoot(subject, { ...secrets, saltKey: new Uint8Array(32) }),
    ].map(toHex);
    expect(new Set([...others, toHex(root)]).size).toBe(others.length + 1);
  });

  test('hides how many fields are filled: up to 32 the proofs have one length', () => {
    const lengths = [1, 5, 31, 32, 33, 64, 65].map((count) => {
      const object = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]));
      const disclosure = discloseField(object, secrets, '/f0');
      expect(verifyDisclosure(fieldTreeRoot(object, secrets), disclosure)).toBe(true);
      return disclosure.siblings.length;
    });
    expect(lengths).toEqual([5, 5, 5, 5, 6, 6, 7]);
  });

  test('shows any field of any object', () => {
    const object = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(object, fc.nat(), (value, choice) => {
        const fields = fieldsOf(value);
        const { path } = fields[choice % fields.length] ?? { path: '' };
        const disclosure = discloseField(value, secrets, path);
        expect(verifyDisclosure(fieldTreeRoot(value, secrets), disclosure)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses a field that is not there, what is not JSON, and too many fields', () => {
    expect(() => discloseField(subject, secrets, '/identity')).toThrow(RangeError);
    expect(() => discloseField(subject, secrets, '/none')).toThrow(RangeError);
    expect(() => fieldTreeRoot({ a: 1n }, secrets)).toThrow(TypeError);
    expect(() => fieldTreeRoot({ a: Number.NaN }, secrets)).toThrow(TypeError);
    expect(() => fieldTreeRoot({ '\ud800': 1 }, secrets)).toThrow(TypeError);
    expect(() => fieldTreeRoot(new Array(4097).fill(0), secrets)).toThrow(RangeError);
  });
});

describe('a disclosure is refused', () => {
  const good = discloseField(subject, secrets, '/identity/type');
  const zero = '0'.repeat(64);

  test.each<[string, Partial<Record<keyof FieldDisclosure, unknown>>]>([
    ['another value', { value: 2 }],
    ['a value of another type', { value: '1' }],
    ['another path', { path: '/identity/typf' }],
    ['another salt', { salt: zero }],
    ['a salt in upper case', { salt: good.salt.toUpperCase() }],
    ['a short salt', { salt: good.salt.slice(2) }],
    ['another place', { leafIndex: good.leafIndex ^ 1 }],
    ['a place beyond the tree', { leafIndex: good.leafIndex + 32 }],
    ['a negative place', { leafIndex: -1 }],
    ['a broken place', { leafIndex: 1.5 }],
    ['another sibling', { siblings: [zero, ...good.siblings.slice(1)] }],
    ['a sibling too few', { siblings: good.siblings.slice(1) }],
    ['a sibling too many', { siblings: [...good.siblings, zero] }],
    ['endless siblings', { siblings: Array.from({ length: 100 }, () => zero) }],
    ['no siblings at all', { siblings: undefined }],
    ['a value that is not JSON', { value: 1n }],
  ])('with %s', (_, change) => {
    expect(verifyDisclosure(root, Object.assign({}, good, change))).toBe(false);
  });

  test('against another root', () => {
    expect(verifyDisclosure(root, good)).toBe(true);
    expect(verifyDisclosure(new Uint8Array(32), good)).toBe(false);
    expect(verifyDisclosure(root.subarray(1), good)).toBe(false);
  });
});
