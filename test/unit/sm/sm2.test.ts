import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { verifySm2Independent } from '#libs/sm/browser/sm2.ts';
import { encodeSequence } from '#libs/sm/der.ts';
import { concatBytes, fromHex, integerToBytes, toHex } from '#libs/sm/hex.ts';
import {
  createSigner,
  exportSm2PublicKeyPem,
  generateSm2KeyPair,
  importSm2PublicKeyPem,
  sm2KeyId,
  verifySm2,
} from '#libs/sm/sm2.ts';
import { isSm2PublicKey, SM2_N, SM2_P_HEX, zInput } from '#libs/sm/sm2-curve.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import vectors from '../../vectors/gbt-32918-sm2.json' with { type: 'json' };
import { hasOpensslWithSm2, openOpenssl } from './openssl.ts';
import { publishedPrivateKey, publishedPublicKey } from './published-sm2-key.ts';

const message = fromHex(vectors.signature.message);
const r = BigInt(`0x${vectors.signature.r}`);
const s = BigInt(`0x${vectors.signature.s}`);
const published = encodeSequence(r, s);
const P = BigInt(`0x${SM2_P_HEX}`);

const verifiers = [
  { name: 'node:crypto', verify: verifySm2 },
  { name: 'sm-crypto', verify: verifySm2Independent },
];

describe('SM2 signatures on the published sample', () => {
  test('Z and e are as published', () => {
    const z = sm3(zInput(publishedPublicKey));
    expect(toHex(z)).toBe(vectors.signature.z);
    expect(sm3Hex(z, message)).toBe(vectors.signature.e);
  });

  test.each(verifiers)('$name accepts the published signature', ({ verify }) => {
    expect(verify(publishedPublicKey, message, published)).toBe(true);
  });

  test('the published private key has the published public key', () => {
    expect(createSigner(publishedPrivateKey()).publicKey).toEqual(publishedPublicKey);
  });
});

describe.each(verifiers)('$name refuses', ({ verify }) => {
  const [x, y] = [publishedPublicKey.subarray(1, 33), publishedPublicKey.subarray(33)];
  const key = (...parts: Uint8Array[]): Uint8Array => concatBytes(...parts);
  const prefix = Uint8Array.of(4);

  test.each([
    ['s + n', encodeSequence(r, s + SM2_N)],
    ['r + n', encodeSequence(r + SM2_N, s)],
    ['r = 0', encodeSequence(0n, s)],
    ['s = 0', encodeSequence(r, 0n)],
    ['r = n', encodeSequence(SM2_N, s)],
    ['s = n', encodeSequence(r, SM2_N)],
    ['r + s = n', encodeSequence(r, SM2_N - r)],
    ['the negated s', encodeSequence(r, SM2_N - s)],
    ['r and s exchanged', encodeSequence(s, r)],
    ['trailing bytes', concatBytes(published, Uint8Array.of(0))],
    ['trailing bytes inside', fromHex(`3048${toHex(published).slice(4)}0500`)],
    ['a missing last byte', published.subarray(0, -1)],
    ['a padded integer', fromHex(`3047022200${toHex(published).slice(8)}`)],
    ['a length in long form', fromHex(`308146${toHex(published).slice(4)}`)],
    ['an indefinite length', fromHex(`3080${toHex(published).slice(4)}0000`)],
    ['another tag', fromHex(`31${toHex(published).slice(2)}`)],
    [
      'an unsigned first integer',
      fromHex(`30450220${vectors.signature.r}022100${vectors.signature.s}`),
    ],
    ['raw r and s', fromHex(vectors.signature.r + vectors.signature.s)],
    ['nothing', new Uint8Array()],
    ['an empty sequence', fromHex('3000')],
  ])('a signature with %s', (_, signature) => {
    expect(verify(publishedPublicKey, message, signature)).toBe(false);
  });

  test.each([
    ['off the curve', key(prefix, x, flipLast(y))],
    ['at infinity', Uint8Array.of(0)],
    ['at infinity, padded', new Uint8Array(65)],
    ['zero', key(prefix, new Uint8Array(64))],
    ['compressed', key(Uint8Array.of(3), x)],
    ['hybrid', key(Uint8Array.of(7), x, y)],
    ['without prefix', key(x, y)],
    ['with a byte too many', key(prefix, x, y, Uint8Array.of(0))],
    ['with a coordinate beyond the field', key(prefix, x, integerToBytes(P, 32))],
    ['empty', new Uint8Array()],
    ['of the opposite point', key(prefix, x, integerToBytes(P - BigInt(`0x${toHex(y)}`), 32))],
  ])('a public key %s', (_, publicKey) => {
    expect(verify(publicKey, message, published)).toBe(false);
  });

  test('another message and another key', () => {
    expect(verify(publishedPublicKey, flipLast(message), published)).toBe(false);
    expect(verify(publishedPublicKey, new Uint8Array(), published)).toBe(false);
    expect(verify(generateSm2KeyPair().publicKey, message, published)).toBe(false);
  });

  test('a signature made without Z, with an empty id, or over the bare digest', () => {
    const pem = generateSm2KeyPair();
    const privateKey = pem.privateKeyPem;
    const bare = createSign('sm3').update(message).sign(privateKey);
    const emptyId = sm3(Uint8Array.of(0, 0), zInput(pem.publicKey).subarray(18));
    const withEmptyId = createSign('sm3').update(emptyId).update(message).sign(privateKey);
    for (const signature of [bare, withEmptyId]) {
      expect(verify(pem.publicKey, message, Uint8Array.from(signature))).toBe(false);
    }
  });

  test('random bytes as signature, key or message, without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 70 }), (a, b) => {
        expect(verify(b, message, published)).toBe(false);
        expect(verify(publishedPublicKey, message, a)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('SM2 signing', () => {
  test('both verifiers accept each signature, and neither after any one flipped bit', () => {
    const signer = createSigner(generateSm2KeyPair().privateKeyPem);
    const signature = signer.sign(message);
    expect(verifySm2Independent(signer.publicKey, message, signature)).toBe(true);
    expect(verifySm2(signer.publicKey, message, signature)).toBe(true);
    for (let bit = 0; bit < 8 * signature.length; bit++) {
      const changed = signature.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifySm2(signer.publicKey, message, changed)).toBe(false);
    }
  });

  test('holds for every message, and the verifiers agree', () => {
    const signer = createSigner(generateSm2KeyPair().privateKeyPem);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const signature = signer.sign(bytes);
        expect(verifySm2(signer.publicKey, bytes, signature)).toBe(true);
        expect(verifySm2Independent(signer.publicKey, bytes, signature)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('a key object fresh from generation signs standard SM2 too', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const signer = createSigner(privateKey);
    const signature = signer.sign(message);
    expect(verifySm2Independent(signer.publicKey, message, signature)).toBe(true);
  });

  test('the signer shows no private key', () => {
    const { privateKeyPem } = generateSm2KeyPair();
    const signer = createSigner(privateKeyPem);
    expect(Object.keys(signer).sort()).toEqual(['keyId', 'publicKey', 'sign']);
    expect(signer.keyId).toBe(sm2KeyId(signer.publicKey));
    expect(signer.keyId).toBe(sm3Hex(signer.publicKey).slice(0, 32));
  });

  test('refuses keys that are not SM2 keys', () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => createSigner(privateKey)).toThrow(TypeError);
    expect(() => createSigner(privateKey.export(pem).toString())).toThrow(TypeError);
    expect(() => createSigner('-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----')).toThrow(
      'not a private key',
    );
  });
});

describe('SM2 public keys in PEM', () => {
  test('come back as the same point', () => {
    const { publicKey } = generateSm2KeyPair();
    expect(isSm2PublicKey(publicKey)).toBe(true);
    expect(importSm2PublicKeyPem(exportSm2PublicKeyPem(publicKey))).toEqual(publicKey);
  });

  test('are refused for other curves, other texts and points off the curve', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => importSm2PublicKeyPem(pem)).toThrow(TypeError);
    expect(() => importSm2PublicKeyPem('no key')).toThrow(TypeError);
    expect(() => exportSm2PublicKeyPem(flipLast(publishedPublicKey))).toThrow(TypeError);
  });
});

// Counted as skipped where the openssl command is missing or knows no SM2.
describe.skipIf(!hasOpensslWithSm2)('the openssl command', () => {
  const openssl = openOpenssl();
  afterAll(() => openssl.close());

  test('accepts the published signature and ours, and refuses a changed message', () => {
    const signer = createSigner(generateSm2KeyPair().privateKeyPem);
    const pem = exportSm2PublicKeyPem(signer.publicKey);
    for (let length = 0; length < 10; length++) {
      const bytes = sm3(Uint8Array.of(length)).subarray(0, length);
      expect(openssl.verify(pem, bytes, signer.sign(bytes))).toBe('Verified OK');
    }
    expect(openssl.verify(pem, message, signer.sign(flipLast(message)))).toMatch(/failure/i);
    const publishedPem = exportSm2PublicKeyPem(publishedPublicKey);
    expect(openssl.verify(publishedPem, message, published)).toBe('Verified OK');
  });

  test('makes keys and signatures that we accept', () => {
    const privateKeyPem = openssl.generateKeyPem();
    const publicKey = importSm2PublicKeyPem(openssl.publicKeyPem(privateKeyPem));
    expect(createSigner(privateKeyPem).publicKey).toEqual(publicKey);
    for (let length = 0; length < 10; length++) {
      const bytes = sm3(Uint8Array.of(length)).subarray(0, length);
      const signature = openssl.sign(privateKeyPem, bytes);
      expect(verifySm2(publicKey, bytes, signature)).toBe(true);
      expect(verifySm2Independent(publicKey, bytes, signature)).toBe(true);
    }
  });
});

test('the counter-test: without our Z, Node alone accepts what the standard does not', () => {
  const { privateKeyPem, publicKey } = generateSm2KeyPair();
  const key = privateKeyPem;
  const signature = createSign('sm3').update(message).sign(key);
  const pem = exportSm2PublicKeyPem(publicKey);
  expect(createVerify('sm3').update(message).verify(pem, signature)).toBe(true);
  expect(verifySm2(publicKey, message, Uint8Array.from(signature))).toBe(false);
});

function flipLast(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}
