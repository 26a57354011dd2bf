// Page cursors: opaque, bound to their query, refused when changed.
import { describe, expect, it } from 'vitest';
import { createCursorCodec } from '#libs/http/cursor.ts';

const codec = createCursorCodec(new Uint8Array(32).fill(1));
const query = { operation: 'listHolders', state: 'open', account: undefined };

describe('a cursor', () => {
  it('gives back the key that it was made from', () => {
    const cursor = codec.encode(query, ['张三', '42']);
    expect(codec.decode({ state: 'open', operation: 'listHolders' }, cursor)).toEqual({
      ok: true,
      value: ['张三', '42'],
    });
  });

  it('is refused for another query, another secret, or a changed byte', () => {
    const cursor = codec.encode(query, ['42']);
    const other = createCursorCodec(new Uint8Array(32).fill(2));
    const bytes = Buffer.from(cursor, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
    const refused = { ok: false, error: { code: 'invalid-cursor' } };
    expect(codec.decode({ ...query, state: 'closed' }, cursor)).toEqual(refused);
    expect(other.decode(query, cursor)).toEqual(refused);
    expect(codec.decode(query, bytes.toString('base64url'))).toEqual(refused);
    expect(codec.decode(query, 'x')).toEqual(refused);
  });
});

describe('a page', () => {
  const page = (rows: readonly number[], limit: number): unknown =>
    codec.page(rows, { query, limit, keyOf: (row) => [String(row)], itemOf: (row) => row });

  it('has a next cursor only when there are more rows than its limit', () => {
    expect(page([1, 2], 2)).toEqual({ items: [1, 2], nextCursor: null });
    expect(page([1, 2, 3], 2)).toEqual({ items: [1, 2], nextCursor: codec.encode(query, ['2']) });
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});
