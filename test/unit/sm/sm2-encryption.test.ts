import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeSequence } from '#libs/sm/der.ts';
import { concatBytes, fromHex, toHex } from '#libs/sm/hex.ts';
import { exportSm2PublicKeyPem, generateSm2KeyPair, importSm2PublicKeyPem } from '#libs/sm/sm2.ts';
import { isOnSm2Curve } from '#libs/sm/sm2-curve.ts';
import { createDecryptor, sm2Encrypt } from '#libs/sm/sm2-encryption.ts';
import vectors from '../../vectors/gbt-32918-sm2.json' with { type: 'json' };
import { hasOpensslWithSm2, openOpenssl } from './openssl.ts';
import { publishedPrivateKey, publishedPublicKey } from './published-sm2-key.ts';

const x = BigInt(`0x${vectors.encryption.x}`);
const y = BigInt(`0x${vectors.encryption.y}`);
const hash = fromHex(vectors.encryption.hash);
const cipher = fromHex(vectors.encryption.cipher);
const published = encodeSequence(x, y, hash, cipher);
const plaintext = fromHex(vectors.encryption.plaintext);
const decryptor = createDecryptor(publishedPrivateKey());

describe('SM2 encryption', () => {
  test('decrypts the published ciphertext', () => {
    expect(decryptor.publicKey).toEqual(publishedPublicKey);
    expect(decryptor.decrypt(published)).toEqual(plaintext);
  });

  test('decrypts what it encrypted, for every content of 16 bytes or more', () => {
    const { privateKeyPem, publicKey } = generateSm2KeyPair();
    const own = createDecryptor(privateKeyPem);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes) => {
        expect(own.decrypt(sm2Encrypt(publicKey, bytes))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('never gives the same ciphertext twice', () => {
    const once = toHex(sm2Encrypt(publishedPublicKey, plaintext));
    expect(toHex(sm2Encrypt(publishedPublicKey, plaintext))).not.toBe(once);
  });

  test('refuses lengths below 16 and above 4096 bytes, and keys off the curve', () => {
    expect(() => sm2Encrypt(publishedPublicKey, new Uint8Array(15))).toThrow(RangeError);
    expect(() => sm2Encrypt(publishedPublicKey, new Uint8Array(4097))).toThrow(RangeError);
    const offCurve = publishedPublicKey.slice();
    offCurve[64] = (offCurve[64] ?? 0) ^ 1;
    expect(() => sm2Encrypt(offCurve, plaintext)).toThrow(TypeError);
  });

  test('shows no private key', () => {
    expect(Object.keys(decryptor).sort()).toEqual(['decrypt', 'keyId', 'publicKey']);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => createDecryptor(privateKey)).toThrow(TypeError);
  });
});

describe('SM2 decryption refuses', () => {
  test.each([
    ['a point off the curve', encodeSequence(x, y + 1n, hash, cipher)],
    ['the point zero', encodeSequence(0n, 0n, hash, cipher)],
    ['a point of a weak curve', encodeSequence(1n, 1n, hash, cipher)],
    ['a short hash', encodeSequence(x, y, hash.subarray(1), cipher)],
    ['an empty hash', encodeSequence(x, y, new Uint8Array(), cipher)],
    ['an empty cipher', encodeSequence(x, y, hash, new Uint8Array())],
    ['the order C1C2C3', encodeSequence(x, y, cipher, hash)],
    ['raw bytes', concatBytes(fromHex(vectors.encryption.x + vectors.encryption.y), hash, cipher)],
    ['trailing bytes', concatBytes(published, Uint8Array.of(0))],
    ['a fifth member', encodeSequence(x, y, hash, cipher, 1n)],
    ['a missing member', encodeSequence(x, y, hash)],
    ['nothing', new Uint8Array()],
  ])('%s', (_, ciphertext) => {
    expect(decryptor.decrypt(ciphertext)).toBeUndefined();
  });

  test('the weak point of the table really is off the curve', () => {
    expect(isOnSm2Curve(1n, 1n)).toBe(false);
    expect(isOnSm2Curve(x, y)).toBe(true);
  });

  test('every single flipped bit', () => {
    for (let bit = 0; bit < 8 * published.length; bit++) {
      const changed = published.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decryptor.decrypt(changed)).toBeUndefined();
    }
  });

  test('a ciphertext for another key', () => {
    expect(
      decryptor.decrypt(sm2Encrypt(generateSm2KeyPair().publicKey, plaintext)),
    ).toBeUndefined();
  });

  test('random bytes, without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (bytes) => {
        expect(decryptor.decrypt(bytes)).toBeUndefined();
      }),
    );
  });
});

// Counted as skipped where the openssl command is missing or knows no SM2.
describe.skipIf(!hasOpensslWithSm2)('the openssl command and we', () => {
  const openssl = openOpenssl();
  afterAll(() => openssl.close());

  test('decrypt each other', () => {
    const privateKeyPem = openssl.generateKeyPem();
    const publicKey = importSm2PublicKeyPem(openssl.publicKeyPem(privateKeyPem));
    const own = createDecryptor(privateKeyPem);
    const pem = exportSm2PublicKeyPem(publicKey);
    for (let length = 16; length < 20; length++) {
      const bytes = concatBytes(hash, cipher).subarray(0, length);
      expect(own.decrypt(openssl.encrypt(pem, bytes))).toEqual(bytes);
      expect(openssl.decrypt(privateKeyPem, sm2Encrypt(publicKey, bytes))).toEqual(bytes);
    }
  });
});
