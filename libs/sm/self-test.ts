/** Start-up check of the SM algorithms on their published vectors, and of sm-crypto's version. */
import { createCipheriv, createPrivateKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { encodeSequence } from './der.ts';
import { concatBytes, fromHex, toHex } from './hex.ts';
import { createSigner, verifySm2 } from './sm2.ts';
import { SM2_N, zInput } from './sm2-curve.ts';
import { createDecryptor, sm2Encrypt } from './sm2-encryption.ts';
import { hmacSm3, sm3, sm3Hex } from './sm3.ts';
import { sm4CtrMacOpen, sm4CtrMacSeal, sm4GcmOpen, sm4GcmSeal } from './sm4.ts';

/** Versions before 0.5.8 are exploitable, and a later one has not been examined. */
export const SM_CRYPTO_VERSION = '0.5.8';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const require = createRequire(import.meta.url);

/** GB/T 32918.5-2017, annexes A and C: one key pair, a signature and a ciphertext. */
const PRIVATE_KEY = fromHex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8');
const PUBLIC_KEY = fromHex(
  '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
);
const SIGNED = text('message digest');
const Z_HEX = 'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3';
const R = 0xf5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3n;
const S = 0xb1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aan;
const ENCRYPTED = encodeSequence(
  0x04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73n,
  0xe858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0n,
  fromHex('59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766'),
  fromHex('21886ca989ca9c7d58087307ca93092d651efa'),
);

/**
 * Errors: an Error naming every check that failed. A process that gets one must not go on:
 * its signatures or its refusals could not be trusted.
 */
export function runSelfTest(version: string = installedSmCryptoVersion()): void {
  const checks: Readonly<Record<string, () => boolean>> = {
    [`sm-crypto is ${version}, not ${SM_CRYPTO_VERSION}`]: () => version === SM_CRYPTO_VERSION,
    'SM3 digest (GB/T 32905 annex A)': sm3Holds,
    'HMAC-SM3 (GM/T 0042 sample)': hmacHolds,
    'SM4 block (GB/T 32907 annex A)': sm4BlockHolds,
    'SM4-GCM (RFC 8998 A.1)': sm4GcmHolds,
    'SM4-CTR with HMAC-SM3': sm4CtrMacHolds,
    'SM2 signature (GB/T 32918.5 annex A)': sm2SignatureHolds,
    'SM2 encryption (GB/T 32918.5 annex C)': sm2EncryptionHolds,
  };
  const failed = Object.entries(checks).filter(([, holds]) => !holdsSafely(holds));
  if (failed.length > 0) {
    throw new Error(`SM self-test failed: ${failed.map(([name]) => name).join('; ')}`);
  }
}

function holdsSafely(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function installedSmCryptoVersion(): string {
  const manifest: unknown = require('sm-crypto/package.json');
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}

function sm3Holds(): boolean {
  return (
    sm3Hex(text('abc')) === '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0' &&
    sm3Hex(text('abcd'.repeat(16))) ===
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'
  );
}

function hmacHolds(): boolean {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
  const message = text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2));
  return (
    toHex(hmacSm3(key, message)) ===
    'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a'
  );
}

function sm4BlockHolds(): boolean {
  const key = fromHex('0123456789abcdeffedcba9876543210');
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const block = concatBytes(cipher.update(key), cipher.final());
  return toHex(block) === '681edf34d206965e86b3e94f536e4246';
}

function sm4GcmHolds(): boolean {
  const key = fromHex('0123456789abcdeffedcba9876543210');
  const nonce = fromHex('00001234567800000000abcd');
  const aad = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const plaintext = fromHex([...'abcdefea'].map((digit) => digit.repeat(16)).join(''));
  const sealed = sm4GcmSeal(key, nonce, plaintext, aad);
  const expected =
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735' +
    'd82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
    '83de3541e4c2b58177e065a9bf7b62ec';
  const opened = sm4GcmOpen(key, nonce, sealed, aad);
  if (toHex(sealed) !== expected || opened === undefined) return false;
  const refused = sm4GcmOpen(key, nonce, sealed, aad.subarray(1)) === undefined;
  return refused && toHex(opened) === toHex(plaintext);
}

function sm4CtrMacHolds(): boolean {
  const key = PRIVATE_KEY.subarray(0, 16);
  const nonce = PRIVATE_KEY.subarray(16);
  const sealed = sm4CtrMacSeal(key, nonce, SIGNED, Z_BYTES);
  const opened = sm4CtrMacOpen(key, nonce, sealed, Z_BYTES);
  if (opened === undefined || toHex(opened) !== toHex(SIGNED)) return false;
  return sm4CtrMacOpen(key, nonce, sealed, Z_BYTES.subarray(1)) === undefined;
}

function sm2SignatureHolds(): boolean {
  if (toHex(sm3(zInput(PUBLIC_KEY))) !== Z_HEX) return false;
  const published = encodeSequence(R, S);
  const signer = createSigner(publishedPrivateKey());
  return (
    toHex(signer.publicKey) === toHex(PUBLIC_KEY) &&
    verifySm2(PUBLIC_KEY, SIGNED, published) &&
    verifySm2(PUBLIC_KEY, SIGNED, signer.sign(SIGNED)) &&
    !verifySm2(PUBLIC_KEY, text('message digesu'), published) &&
    !verifySm2(PUBLIC_KEY, SIGNED, encodeSequence(R, S + SM2_N))
  );
}

function sm2EncryptionHolds(): boolean {
  const decryptor = createDecryptor(publishedPrivateKey());
  const published = decryptor.decrypt(ENCRYPTED);
  const own = decryptor.decrypt(sm2Encrypt(PUBLIC_KEY, PRIVATE_KEY.subarray(0, 16)));
  if (published === undefined || own === undefined) return false;
  return (
    toHex(published) === toHex(text('encryption standard')) &&
    toHex(own) === toHex(PRIVATE_KEY.subarray(0, 16))
  );
}

function publishedPrivateKey() {
  const der = concatBytes(
    fromHex(
      '304102010030' + '1306072a8648ce3d020106082a811ccf5501822d' + '0427302502010104' + '20',
    ),
    PRIVATE_KEY,
  );
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
}

const Z_BYTES = fromHex(Z_HEX);
