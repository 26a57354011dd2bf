/**
 * Encrypted key file, version 1: magic, PBKDF2 rounds, salt, nonce, SM4-CTR ciphertext, HMAC-SM3.
 * Key derivation is PBKDF2-HMAC-SM3 (RFC 8018); the MAC covers everything before it.
 */
import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { concatBytes } from '#libs/sm/hex.ts';
import { SM3_BYTES } from '#libs/sm/sm3.ts';
import { SM4_CTR_NONCE_BYTES, sm4CtrMacOpen, sm4CtrMacSeal } from '#libs/sm/sm4.ts';

/** OWASP's figure for PBKDF2 with a 256-bit hash. */
export const PBKDF2_ROUNDS = 600_000;
/** A forged file must not buy more than a few seconds of work. */
const PBKDF2_ROUNDS_MAX = 6_000_000;

const MAGIC = new TextEncoder().encode('QJKEYS01');
const SALT_BYTES = 16;
const SALT_START = MAGIC.length + 4;
const HEADER_BYTES = SALT_START + SALT_BYTES;
const MASTER_KEY_BYTES = 32;

const derive = promisify(pbkdf2);

/** One error for a wrong passphrase, a damaged file and a forged one. */
export class KeyFileError extends Error {
  constructor() {
    super('the key file cannot be opened: wrong passphrase or damaged file');
    this.name = 'KeyFileError';
  }
}

/** The bytes of a key file that holds the content under the passphrase. */
export async function sealKeyFile(
  passphrase: Uint8Array,
  content: Uint8Array,
): Promise<Uint8Array> {
  const rounds = new Uint8Array(4);
  new DataView(rounds.buffer).setUint32(0, PBKDF2_ROUNDS);
  const header = concatBytes(MAGIC, rounds, randomBytes(SALT_BYTES));
  const nonce = Uint8Array.from(randomBytes(SM4_CTR_NONCE_BYTES));
  const key = await derive(
    passphrase,
    header.subarray(SALT_START),
    PBKDF2_ROUNDS,
    MASTER_KEY_BYTES,
    'sm3',
  );
  const sealed = sm4CtrMacSeal(key, nonce, content, header);
  key.fill(0);
  return concatBytes(header, nonce, sealed);
}

/** The content of the key file. Errors: KeyFileError. */
export async function openKeyFileBytes(
  passphrase: Uint8Array,
  file: Uint8Array,
): Promise<Uint8Array> {
  const header = file.subarray(0, HEADER_BYTES);
  const rounds = roundsOf(header);
  if (rounds === undefined || file.length < HEADER_BYTES + SM4_CTR_NONCE_BYTES + SM3_BYTES) {
    throw new KeyFileError();
  }
  const nonce = file.subarray(HEADER_BYTES, HEADER_BYTES + SM4_CTR_NONCE_BYTES);
  const sealed = file.subarray(HEADER_BYTES + SM4_CTR_NONCE_BYTES);
  const key = await derive(
    passphrase,
    header.subarray(SALT_START),
    rounds,
    MASTER_KEY_BYTES,
    'sm3',
  );
  const content = sm4CtrMacOpen(key, nonce, sealed, header);
  key.fill(0);
  if (content === undefined) throw new KeyFileError();
  return content;
}

/** Undefined unless the header is of this version with a permitted number of rounds. */
function roundsOf(header: Uint8Array): number | undefined {
  if (header.length < HEADER_BYTES) return undefined;
  if (MAGIC.some((byte, index) => header[index] !== byte)) return undefined;
  const rounds = new DataView(header.buffer, header.byteOffset).getUint32(MAGIC.length);
  return rounds >= PBKDF2_ROUNDS && rounds <= PBKDF2_ROUNDS_MAX ? rounds : undefined;
}
