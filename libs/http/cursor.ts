// Opaque page cursors for keyset paging: the last row's key, bound to its query by an HMAC.
import { timingSafeEqual } from 'node:crypto';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';

/** The values of the ordering columns of a page's last row. */
export type CursorKey = readonly string[];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** What a cursor is good for: the operation and its filters. */
export type CursorQuery = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CursorCodec {
  encode(query: CursorQuery, key: CursorKey): string;
  /** Errors: invalid-cursor. */
  decode(query: CursorQuery, cursor: string): Result<CursorKey, Refusal<'invalid-cursor'>>;
  /** The page of rows fetched with a limit one above the page's. */
  page<Row, Item>(rows: readonly Row[], page: PageRequest<Row, Item>): Page<Item>;
}

export interface PageRequest<Row, Item> {
  readonly query: CursorQuery;
  readonly limit: number;
  readonly keyOf: (row: Row) => CursorKey;
  readonly itemOf: (row: Row) => Item;
}

const macBytes = 16;

const isCursorKey = (value: unknown): value is CursorKey =>
  Array.isArray(value) && value.every((part) => typeof part === 'string');

/** Makes the codec of a service from a secret of at least 16 bytes. */
export const createCursorCodec = (secret: Uint8Array): CursorCodec => {
  const macOf = (query: CursorQuery, payload: Uint8Array): Uint8Array => {
    const given = Object.fromEntries(
      Object.entries(query).filter(([, value]) => value !== undefined),
    );
    return hmacSm3(secret, canonicalBytes(given), Uint8Array.of(0), payload).subarray(0, macBytes);
  };

  const encode: CursorCodec['encode'] = (query, key) => {
    const payload = canonicalBytes([...key]);
    return Buffer.concat([macOf(query, payload), payload]).toString('base64url');
  };

  return {
    encode,
    decode: (query, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= macBytes) return refuse('invalid-cursor');
      const payload = bytes.subarray(macBytes);
      if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(query, payload))) {
        return refuse('invalid-cursor');
      }
      const key: unknown = JSON.parse(payload.toString('utf8'));
      return isCursorKey(key) ? ok(key) : refuse('invalid-cursor');
    },
    page: (rows, { query, limit, keyOf, itemOf }) => {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return {
        items: shown.map(itemOf),
        nextCursor: hasMore ? encode(query, keyOf(last)) : null,
      };
    },
  };
};
