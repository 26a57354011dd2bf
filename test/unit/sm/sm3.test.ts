import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sm3Independent } from '#libs/sm/browser/sm3.ts';
import { concatBytes, fromHex, toHex } from '#libs/sm/hex.ts';
import { hmacSm3, sm3, sm3Hex } from '#libs/sm/sm3.ts';
import vectors from '../../vectors/gbt-32905-sm3.json' with { type: 'json' };

describe('SM3', () => {
  test.each(vectors.digests)('gives the published digest $digest', ({ message, digest }) => {
    expect(sm3Hex(fromHex(message))).toBe(digest);
    expect(toHex(sm3Independent(fromHex(message)))).toBe(digest);
  });

  test('gives the published HMAC', () => {
    const { key, message, mac } = vectors.hmac;
    expect(toHex(hmacSm3(fromHex(key), fromHex(message)))).toBe(mac);
  });

  test('is the same from both implementations, however the message is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 4 }), (parts) => {
        const whole = sm3(concatBytes(...parts));
        expect(sm3(...parts)).toEqual(whole);
        expect(sm3Independent(...parts)).toEqual(whole);
        expect(sm3Hex(...parts)).toBe(toHex(whole));
      }),
    );
  });
});
