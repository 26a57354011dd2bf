// The openssl command as outside judge: an SM2 implementation that is not called through Node.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DISTID = ['-sigopt', 'distid:1234567812345678'];

/** Whether the command is there and knows SM2: LibreSSL, for one, does not. */
export const hasOpensslWithSm2 =
  spawnSync('openssl', ['genpkey', '-algorithm', 'SM2'], { stdio: 'ignore' }).status === 0;

export interface Openssl {
  generateKeyPem(): string;
  publicKeyPem(privateKeyPem: string): string;
  sign(privateKeyPem: string, message: Uint8Array): Uint8Array;
  verify(publicKeyPem: string, message: Uint8Array, signature: Uint8Array): string;
  encrypt(publicKeyPem: string, plaintext: Uint8Array): Uint8Array;
  decrypt(privateKeyPem: string, ciphertext: Uint8Array): Uint8Array;
  close(): void;
}

export function openOpenssl(): Openssl {
  const folder = mkdtempSync(join(tmpdir(), 'quanji-openssl-'));
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const run = (...args: string[]): Uint8Array =>
    Uint8Array.from(execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  const output = join(folder, 'output.bin');
  const runToFile = (command: string, ...args: string[]): Uint8Array => {
    run(command, '-out', output, ...args);
    return Uint8Array.from(readFileSync(output));
  };
  return {
    generateKeyPem: () => new TextDecoder().decode(run('genpkey', '-algorithm', 'SM2')),
    publicKeyPem: (pem) =>
      new TextDecoder().decode(run('pkey', '-pubout', '-in', put('k.pem', pem))),
    sign: (pem, message) =>
      runToFile('dgst', '-sm3', '-sign', put('k.pem', pem), ...DISTID, put('m.bin', message)),
    verify: (pem, message, signature) => {
      const files = ['-signature', put('s.sig', signature), put('m.bin', message)];
      const args = ['dgst', '-sm3', '-verify', put('p.pem', pem), ...DISTID, ...files];
      return spawnSync('openssl', args, { encoding: 'utf8' }).stdout.trim();
    },
    encrypt: (pem, plaintext) => {
      const files = ['-inkey', put('p.pem', pem), '-in', put('m.bin', plaintext)];
      return runToFile('pkeyutl', '-encrypt', '-pubin', ...files);
    },
    decrypt: (pem, ciphertext) => {
      const files = ['-inkey', put('k.pem', pem), '-in', put('c.bin', ciphertext)];
      return runToFile('pkeyutl', '-decrypt', ...files);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
