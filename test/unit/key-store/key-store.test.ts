import { createPublicKey, sign, verify } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyFileError } from '#libs/key-store/key-file.ts';
import { createKeyFile, type KeyStore, openKeyFile } from '#libs/key-store/key-store.ts';
import { toHex } from '#libs/sm/hex.ts';
import { importSm2PublicKeyPem, sm2KeyId, verifySm2 } from '#libs/sm/sm2.ts';
import { sm2Encrypt } from '#libs/sm/sm2-encryption.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const passphrase = bytes('a passphrase of the operator');
const spec = {
  seal: 'sm2-signing',
  gateway: 'sm2-signing',
  decryption: 'sm2-decryption',
  'pack-kek': 'secret-16',
  'blind-index': 'secret-32',
  service: 'jwt-es256',
} as const;

const folder = mkdtempSync(join(tmpdir(), 'quanji-keys-'));
const path = join(folder, 'registry.key');
let made: KeyStore;
let opened: KeyStore;

beforeAll(async () => {
  made = await createKeyFile(path, passphrase, spec);
  opened = await openKeyFile(path, passphrase);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a key file', () => {
  test('gives back the keys that were made, under their names', () => {
    expect(opened.publicKeys()).toEqual(made.publicKeys());
    expect(opened.publicKeys().map(({ name, kind }) => [name, kind])).toEqual([
      ['decryption', 'sm2-decryption'],
      ['gateway', 'sm2-signing'],
      ['seal', 'sm2-signing'],
      ['service', 'jwt-es256'],
    ]);
    expect(opened.secret('pack-kek')).toEqual(made.secret('pack-kek'));
    expect(opened.secret('pack-kek')).toHaveLength(16);
    expect(opened.secret('blind-index')).toHaveLength(32);
  });

  test('signs by SM2 with the key that its public part names', () => {
    const signer = opened.signer('seal');
    const entry = opened.publicKeys().find(({ name }) => name === 'seal');
    expect(importSm2PublicKeyPem(entry?.pem ?? '')).toEqual(signer.publicKey);
    expect(entry?.keyId).toBe(sm2KeyId(signer.publicKey));
    expect(verifySm2(signer.publicKey, passphrase, made.signer('seal').sign(passphrase))).toBe(
      true,
    );
    expect(opened.signer('gateway').keyId).not.toBe(signer.keyId);
  });

  test('decrypts by SM2 and signs tokens by ES256', () => {
    const decryptor = opened.decryptor('decryption');
    const secret = made.secret('blind-index');
    expect(decryptor.decrypt(sm2Encrypt(decryptor.publicKey, secret))).toEqual(secret);
    const token = sign('sha256', passphrase, opened.jwtKey('service'));
    const entry = made.publicKeys().find(({ name }) => name === 'service');
    expect(verify('sha256', passphrase, createPublicKey(entry?.pem ?? ''), token)).toBe(true);
  });

  test('holds each key under its own name and kind only', () => {
    expect(() => opened.signer('decryption')).toThrow("no sm2-signing key named 'decryption'");
    expect(() => opened.decryptor('seal')).toThrow("no sm2-decryption key named 'seal'");
    expect(() => opened.secret('service')).toThrow("no secret key named 'service'");
    expect(() => opened.jwtKey('seal')).toThrow("no jwt-es256 key named 'seal'");
    expect(() => opened.signer('toString')).toThrow('no sm2-signing key');
  });

  test('hands out copies of its secrets', () => {
    opened.secret('pack-kek').fill(0);
    expect(opened.secret('pack-kek')).toEqual(made.secret('pack-kek'));
  });

  test('shows no secret when printed or serialised', () => {
    const shown = inspect(opened, { depth: 9, showHidden: true }) + JSON.stringify(opened);
    expect(shown).not.toContain(toHex(made.secret('pack-kek')));
    expect(shown).not.toContain('PRIVATE KEY');
  });

  test('stands on disk readable by its owner only, whole, without anything in clear', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    const content = readFileSync(path);
    expect(content.subarray(0, 8).toString()).toBe('QJKEYS01');
    expect(content.readUInt32BE(8)).toBeGreaterThanOrEqual(600_000);
    for (const clear of ['seal', 'sm2', 'PRIVATE', toHex(made.secret('pack-kek'))]) {
      expect(content.includes(clear)).toBe(false);
    }
  });
});

describe('a key file is refused', () => {
  const refusal = async (content: Uint8Array, phrase = passphrase): Promise<unknown> => {
    const changed = join(folder, 'changed.key');
    writeFileSync(changed, content, { mode: 0o600 });
    return openKeyFile(changed, phrase).then(
      () => 'opened',
      (fault: unknown) => fault,
    );
  };

  test('with one and the same error for a wrong passphrase and for any damage', async () => {
    const content = Uint8Array.from(readFileSync(path));
    const flip = (at: number): Uint8Array => {
      const copy = content.slice();
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const faults = await Promise.all([
      refusal(content, bytes('a passphrase of the operatos')),
      ...[0, 11, 12, 28, 44, content.length - 33, content.length - 1].map((at) =>
        refusal(flip(at)),
      ),
    ]);
    // Short files and foreign headers fall before the key is derived.
    for (const short of [0, 7, 28, 60, 75]) faults.push(await refusal(content.subarray(0, short)));
    for (const fault of faults) {
      expect(fault).toBeInstanceOf(KeyFileError);
      expect(String(fault)).toBe(String(faults[0]));
    }
  });

  test('when its header asks for fewer or for endless rounds', async () => {
    const content = Uint8Array.from(readFileSync(path));
    for (const rounds of [0, 1, 599_999, 6_000_001, 0xffff_ffff]) {
      new DataView(content.buffer).setUint32(8, rounds);
      expect(await refusal(content)).toBeInstanceOf(KeyFileError);
    }
  });

  test.skipIf(process.platform === 'win32')('when others may read it', async () => {
    const shared = join(folder, 'shared.key');
    writeFileSync(shared, readFileSync(path));
    chmodSync(shared, 0o640);
    await expect(openKeyFile(shared, passphrase)).rejects.toThrow('may be read by others');
  });

  test('when it is missing', async () => {
    await expect(openKeyFile(join(folder, 'none.key'), passphrase)).rejects.toThrow('ENOENT');
  });
});

describe('making a key file', () => {
  test('never overwrites one', async () => {
    const before = readFileSync(path);
    await expect(createKeyFile(path, passphrase, spec)).rejects.toThrow('EEXIST');
    expect(readFileSync(path)).toEqual(before);
  });

  test('refuses a short passphrase, no keys, and odd names', async () => {
    const other = join(folder, 'other.key');
    await expect(createKeyFile(other, bytes('seven..'), spec)).rejects.toThrow(RangeError);
    await expect(createKeyFile(other, passphrase, {})).rejects.toThrow(RangeError);
    await expect(createKeyFile(other, passphrase, { '../a': 'secret-16' })).rejects.toThrow(
      'not a key name',
    );
    expect(readdirSync(folder)).not.toContain('other.key');
  });
});
