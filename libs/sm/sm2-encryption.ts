/**
 * SM2 public-key encryption (GB/T 32918.4-2016) of keys, as the GM/T 0009 sequence of x, y, hash,
 * cipher. Encryption is computed by sm-crypto-v2; decryption, encoding and checks are ours.
 */
import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { decodeSequence, encodeSequence } from './der.ts';
import { bytesToInteger, concatBytes, fromHex, integerToBytes, toHex } from './hex.ts';
import { importPrivateKey, publicKeyOf, sm2KeyId } from './sm2.ts';
import { isOnSm2Curve, isSm2PublicKey, type Sm2PublicKey } from './sm2-curve.ts';
import { multiplySm2 } from './sm2-multiply.ts';
import { SM3_BYTES, sm3 } from './sm3.ts';

/** Below 16 bytes the key stream could be all zero by chance; keys are never shorter. */
const PLAINTEXT_BYTES_MIN = 16;
const PLAINTEXT_BYTES_MAX = 4096;
const COORDINATE_BYTES = 32;
const COORDINATE_HEX = 64;
const C1C3C2 = 1;
const RECIPIENT_CACHE_ENTRIES_MAX = 64;
/** PKCS#8 of an SM2 key, without or with the public key at its end, round the private scalar. */
const PKCS8_HEX = new RegExp(
  '^30(?:41|8187)020100301306072a8648ce3d020106082a811ccf5501822d' +
    '04(?:27|6d)30(?:25|6b)0201010420([0-9a-f]{64})',
);

/** Decrypts without ever showing the private key. */
export interface Decryptor {
  readonly keyId: string;
  readonly publicKey: Sm2PublicKey;
  /** The plaintext, or undefined for whatever was not encrypted to this key. */
  decrypt(ciphertextDer: Uint8Array): Uint8Array | undefined;
}

type PrecomputedPoint = ReturnType<typeof sm2.precomputePublicKey>;

// A precomputed table makes encryption six times faster, and recipients are few.
const recipients = new Map<string, PrecomputedPoint>();

/** Errors: TypeError for a bad key, RangeError unless the plaintext has 16 to 4096 bytes. */
export function sm2Encrypt(publicKey: Sm2PublicKey, plaintext: Uint8Array): Uint8Array {
  if (plaintext.length < PLAINTEXT_BYTES_MIN || plaintext.length > PLAINTEXT_BYTES_MAX) {
    throw new RangeError('SM2 encrypts 16 to 4096 bytes');
  }
  const raw = sm2.doEncrypt(Uint8Array.from(plaintext), recipientPoint(publicKey), C1C3C2);
  const hashEnd = 2 * COORDINATE_HEX + 2 * SM3_BYTES;
  return encodeSequence(
    BigInt(`0x${raw.slice(0, COORDINATE_HEX)}`),
    BigInt(`0x${raw.slice(COORDINATE_HEX, 2 * COORDINATE_HEX)}`),
    fromHex(raw.slice(2 * COORDINATE_HEX, hashEnd)),
    fromHex(raw.slice(hashEnd)),
  );
}

/** Errors: TypeError unless the key is a private SM2 key. */
export function createDecryptor(privateKey: string | KeyObject): Decryptor {
  const key = importPrivateKey(privateKey);
  const publicKey = publicKeyOf(key);
  const scalar = privateScalar(key);
  return Object.freeze({
    keyId: sm2KeyId(publicKey),
    publicKey,
    decrypt: (ciphertextDer: Uint8Array) => decryptDer(scalar, ciphertextDer),
  });
}

function decryptDer(scalar: bigint, der: Uint8Array): Uint8Array | undefined {
  const values = decodeSequence(der, ['integer', 'integer', 'octets', 'octets']);
  const [x, y, hash, cipher] = values ?? [];
  if (typeof x !== 'bigint' || typeof y !== 'bigint') return undefined;
  if (!(hash instanceof Uint8Array) || !(cipher instanceof Uint8Array)) return undefined;
  if (hash.length !== SM3_BYTES) return undefined;
  if (cipher.length < PLAINTEXT_BYTES_MIN || cipher.length > PLAINTEXT_BYTES_MAX) return undefined;
  // A point off the curve would let an answer betray the private key.
  if (!isOnSm2Curve(x, y)) return undefined;
  const shared = multiplySm2({ x, y }, scalar);
  const x2 = integerToBytes(shared.x, COORDINATE_BYTES);
  const y2 = integerToBytes(shared.y, COORDINATE_BYTES);
  const stream = keyStream(concatBytes(x2, y2), cipher.length);
  const plaintext = Uint8Array.from(cipher, (byte, index) => byte ^ (stream[index] ?? 0));
  return timingSafeEqual(sm3(x2, plaintext, y2), hash) ? plaintext : undefined;
}

/** The key derivation of GB/T 32918.4, 5.4.3. */
function keyStream(shared: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 1; blocks.length * SM3_BYTES < length; counter++) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, counter);
    blocks.push(sm3(shared, bytes));
  }
  return concatBytes(...blocks);
}

function privateScalar(key: KeyObject): bigint {
  const [, scalar] = PKCS8_HEX.exec(toHex(key.export({ type: 'pkcs8', format: 'der' }))) ?? [];
  if (scalar === undefined) throw new TypeError('not an SM2 private key');
  return bytesToInteger(fromHex(scalar));
}

function recipientPoint(publicKey: Sm2PublicKey): PrecomputedPoint {
  const name = toHex(publicKey);
  const known = recipients.get(name);
  if (known !== undefined) return known;
  if (!isSm2PublicKey(publicKey)) throw new TypeError('not an SM2 public key');
  const point = sm2.precomputePublicKey(name);
  if (recipients.size >= RECIPIENT_CACHE_ENTRIES_MAX) {
    const oldest = recipients.keys().next();
    if (oldest.done === false) recipients.delete(oldest.value);
  }
  recipients.set(name, point);
  return point;
}
