/**
 * SM2 signatures (GB/T 32918.2-2016) by node:crypto with Z computed here, and SM2 key forms.
 * OpenSSL through Node signs with no user id; hashing Z before the message makes it the standard.
 */
import { Buffer } from 'node:buffer';
import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  KeyObject,
} from 'node:crypto';
import { concatBytes, fromHex, toHex } from './hex.ts';
import { isSm2PublicKey, SM2_PUBLIC_KEY_BYTES, type Sm2PublicKey, zInput } from './sm2-curve.ts';
import { decodeSm2Signature } from './sm2-signature.ts';
import { sm3 } from './sm3.ts';

export type { Sm2PublicKey } from './sm2-curve.ts';

/** Signs without ever showing the private key. */
export interface Signer {
  readonly keyId: string;
  readonly publicKey: Sm2PublicKey;
  /** The SM2 signature over the message, as DER. */
  sign(message: Uint8Array): Uint8Array;
}

export interface Sm2KeyPair {
  /** PKCS#8 PEM. */
  readonly privateKeyPem: string;
  readonly publicKey: Sm2PublicKey;
}

/** SubjectPublicKeyInfo of an SM2 key up to the point: ecPublicKey, curve 1.2.156.10197.1.301. */
const SPKI_PREFIX = fromHex('3059301306072a8648ce3d020106082a811ccf5501822d034200');
const KEY_CACHE_ENTRIES_MAX = 1024;

interface VerifyingKey {
  readonly key: KeyObject;
  readonly z: Uint8Array;
}

// Importing a key costs half as much as verifying; a process meets few keys, again and again.
const verifyingKeys = new Map<string, VerifyingKey>();

/** True only for a valid, strictly encoded signature; every fault of any input is false. */
export function verifySm2(
  publicKey: Sm2PublicKey,
  message: Uint8Array,
  signatureDer: Uint8Array,
): boolean {
  try {
    if (decodeSm2Signature(signatureDer) === undefined) return false;
    const { key, z } = verifyingKey(publicKey);
    return createVerify('sm3').update(z).update(message).verify(key, signatureDer);
  } catch {
    return false;
  }
}

export function generateSm2KeyPair(): Sm2KeyPair {
  // Encoded at once: a key object straight from generation would sign plain ECDSA.
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'SM2',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return { privateKeyPem: pair.privateKey, publicKey: pointOfSpki(pair.publicKey) };
}

/** Errors: TypeError unless the key is a private SM2 key. */
export function createSigner(privateKey: string | KeyObject): Signer {
  const key = importPrivateKey(privateKey);
  const publicKey = publicKeyOf(key);
  const z = sm3(zInput(publicKey));
  return Object.freeze({
    keyId: sm2KeyId(publicKey),
    publicKey,
    sign: (message: Uint8Array): Uint8Array =>
      new Uint8Array(createSign('sm3').update(z).update(message).sign(key)),
  });
}

/** The name of a key everywhere: the first 16 bytes of SM3 over the point, in hexadecimal. */
export function sm2KeyId(publicKey: Sm2PublicKey): string {
  return toHex(sm3(publicKey).subarray(0, 16));
}

/** SubjectPublicKeyInfo PEM. Errors: TypeError unless the point is on the curve. */
export function exportSm2PublicKeyPem(publicKey: Sm2PublicKey): string {
  return importPublicKey(publicKey).export({ type: 'spki', format: 'pem' }).toString();
}

/** Errors: TypeError unless the PEM is the SubjectPublicKeyInfo of an SM2 key. */
export function importSm2PublicKeyPem(pem: string): Sm2PublicKey {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: 'pem', type: 'spki' });
  } catch (cause) {
    throw new TypeError('not a public key in PEM', { cause });
  }
  return pointOfSpki(key.export({ type: 'spki', format: 'der' }));
}

/** The public point of a private key object. Errors: TypeError unless it is on the SM2 curve. */
export function publicKeyOf(privateKey: KeyObject): Sm2PublicKey {
  return pointOfSpki(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
}

/** A fresh import of the key, whatever it came as. Errors: TypeError. */
export function importPrivateKey(privateKey: string | KeyObject): KeyObject {
  try {
    const der =
      privateKey instanceof KeyObject
        ? privateKey.export({ type: 'pkcs8', format: 'der' })
        : createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    // No cause: nothing about a private key may reach a log.
    throw new TypeError('not a private key');
  }
}

function importPublicKey(publicKey: Sm2PublicKey): KeyObject {
  if (!isSm2PublicKey(publicKey)) throw new TypeError('not an SM2 public key');
  const spki = Buffer.from(concatBytes(SPKI_PREFIX, publicKey));
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

function pointOfSpki(spki: Uint8Array): Sm2PublicKey {
  const prefix = spki.subarray(0, SPKI_PREFIX.length);
  const point = Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
  if (toHex(prefix) !== toHex(SPKI_PREFIX) || point.length !== SM2_PUBLIC_KEY_BYTES) {
    throw new TypeError('not an SM2 key');
  }
  return point;
}

function verifyingKey(publicKey: Sm2PublicKey): VerifyingKey {
  const name = toHex(publicKey);
  const known = verifyingKeys.get(name);
  if (known !== undefined) return known;
  const entry = { key: importPublicKey(publicKey), z: sm3(zInput(publicKey)) };
  if (verifyingKeys.size >= KEY_CACHE_ENTRIES_MAX) {
    const oldest = verifyingKeys.keys().next();
    if (oldest.done === false) verifyingKeys.delete(oldest.value);
  }
  verifyingKeys.set(name, entry);
  return entry;
}
