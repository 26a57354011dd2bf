/** A service's own keys, opened once from its encrypted key file and used by name. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { toHex } from '#libs/sm/hex.ts';
import { createSigner, exportSm2PublicKeyPem, type Signer } from '#libs/sm/sm2.ts';
import { createDecryptor, type Decryptor } from '#libs/sm/sm2-encryption.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import {
  decodeEntries,
  encodeEntries,
  generateEntries,
  type KeyEntry,
  type KeyFileSpec,
  type KeyKind,
  secretOf,
} from './key-entries.ts';
import { openKeyFileBytes, sealKeyFile } from './key-file.ts';

const PASSPHRASE_BYTES_MIN = 8;

/** The public half of a named key pair. */
export interface NamedPublicKey {
  readonly name: string;
  readonly kind: 'sm2-signing' | 'sm2-decryption' | 'jwt-es256';
  readonly keyId: string;
  /** SubjectPublicKeyInfo. */
  readonly pem: string;
  /** The 65-byte point of an SM2 key. */
  readonly publicKey?: Uint8Array;
}

/** Errors of every look-up: Error when no key of that name and kind is in the file. */
export interface KeyStore {
  signer(name: string): Signer;
  decryptor(name: string): Decryptor;
  /** A copy of a 16- or 32-byte secret. */
  secret(name: string): Uint8Array;
  /** The private ES256 key; the JOSE library needs the key object itself. */
  jwtKey(name: string): KeyObject;
  publicKeys(): readonly NamedPublicKey[];
}

/**
 * Makes fresh keys, writes them encrypted (mode 0600) and returns them opened.
 * Never overwrites. Errors: RangeError for a bad spec or a passphrase under 8 bytes; EEXIST.
 */
export async function createKeyFile(
  path: string,
  passphrase: Uint8Array,
  spec: KeyFileSpec,
): Promise<KeyStore> {
  if (passphrase.length < PASSPHRASE_BYTES_MIN) {
    throw new RangeError(`a passphrase needs ${PASSPHRASE_BYTES_MIN} bytes or more`);
  }
  const entries = generateEntries(spec);
  await writeOnce(path, await sealKeyFile(passphrase, encodeEntries(entries)));
  return new OpenedKeyStore(entries);
}

/**
 * Opens the file with one key derivation (about half a second).
 * Errors: KeyFileError; Error if others may read the file; the fault of the file system.
 */
export async function openKeyFile(path: string, passphrase: Uint8Array): Promise<KeyStore> {
  await assertPrivate(path);
  const content = await openKeyFileBytes(passphrase, Uint8Array.from(await readFile(path)));
  return new OpenedKeyStore(decodeEntries(content));
}

class OpenedKeyStore implements KeyStore {
  readonly #signers = new Map<string, Signer>();
  readonly #decryptors = new Map<string, Decryptor>();
  readonly #secrets = new Map<string, Uint8Array>();
  readonly #jwtKeys = new Map<string, KeyObject>();
  readonly #publicKeys: NamedPublicKey[] = [];

  constructor(entries: ReadonlyMap<string, KeyEntry>) {
    // By name, so that a list of public keys is the same whenever it is made.
    const byName = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, entry] of byName) this.#add(name, entry);
  }

  signer(name: string): Signer {
    return found(this.#signers, name, 'sm2-signing');
  }

  decryptor(name: string): Decryptor {
    return found(this.#decryptors, name, 'sm2-decryption');
  }

  secret(name: string): Uint8Array {
    return found(this.#secrets, name, 'secret').slice();
  }

  jwtKey(name: string): KeyObject {
    return found(this.#jwtKeys, name, 'jwt-es256');
  }

  publicKeys(): readonly NamedPublicKey[] {
    return this.#publicKeys;
  }

  #add(name: string, entry: KeyEntry): void {
    switch (entry.kind) {
      case 'sm2-signing': {
        const signer = createSigner(entry.material);
        this.#signers.set(name, signer);
        this.#addSm2PublicKey(name, entry.kind, signer);
        return;
      }
      case 'sm2-decryption': {
        const decryptor = createDecryptor(entry.material);
        this.#decryptors.set(name, decryptor);
        this.#addSm2PublicKey(name, entry.kind, decryptor);
        return;
      }
      case 'secret-16':
      case 'secret-32':
        this.#secrets.set(name, secretOf(entry));
        return;
      case 'jwt-es256': {
        const key = createPrivateKey(entry.material);
        this.#jwtKeys.set(name, key);
        this.#publicKeys.push(jwtPublicKey(name, key));
      }
    }
  }

  #addSm2PublicKey(
    name: string,
    kind: 'sm2-signing' | 'sm2-decryption',
    { keyId, publicKey }: Pick<Signer, 'keyId' | 'publicKey'>,
  ): void {
    const pem = exportSm2PublicKeyPem(publicKey);
    this.#publicKeys.push({ name, kind, keyId, pem, publicKey });
  }
}

function found<T>(keys: ReadonlyMap<string, T>, name: string, kind: KeyKind | 'secret'): T {
  const key = keys.get(name);
  if (key === undefined) throw new Error(`the key file holds no ${kind} key named '${name}'`);
  return key;
}

function jwtPublicKey(name: string, privateKey: KeyObject): NamedPublicKey {
  const key = createPublicKey(privateKey);
  const der = key.export({ type: 'spki', format: 'der' });
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  return { name, kind: 'jwt-es256', keyId: toHex(sm3(der).subarray(0, 16)), pem };
}

/** The file appears whole or not at all, and never in the place of another. */
async function writeOnce(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await link(partial, path);
  } finally {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
  }
}

async function assertPrivate(path: string): Promise<void> {
  const { mode } = await stat(path);
  // Windows has no such bits; its files report them all set.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(`the key file may be read by others (mode must be 0600): ${path}`);
  }
}
