import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readPassphrase } from '#libs/key-store/passphrase.ts';

const folder = mkdtempSync(join(tmpdir(), 'quanji-passphrase-'));
const root = fileURLToPath(new URL('../../..', import.meta.url));

afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'passphrase');
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const CHILD = `
  import { readPassphrase } from '#libs/key-store/passphrase.ts';
  process.stdout.write(readPassphrase('/dev/fd/3'));
`;

/** What a child reads from its descriptor 3. */
function childReads(
  descriptor: number | 'pipe',
  write?: (pipe: Writable) => void,
): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', CHILD],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', descriptor] },
  );
  const pipe = child.stdio[3];
  if (write !== undefined && pipe != null && 'write' in pipe) write(pipe);
  return new Promise((resolve, reject) => {
    let read = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      read += text;
    });
    let fault = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      fault += text;
    });
    child.on('close', (code) => (code === 0 ? resolve(read) : reject(new Error(fault))));
  });
}

describe('the passphrase', () => {
  test.each([
    ['secret words', 'secret words'],
    ['secret words\n', 'secret words'],
    ['secret words\r\n', 'secret words'],
    [' 密码 \n\n', ' 密码 \n'],
  ])('of the file %j is %j', (content, expected) => {
    expect(new TextDecoder().decode(readPassphrase(file(content)))).toBe(expected);
  });

  test('may not be empty or beyond 1024 bytes', () => {
    expect(() => readPassphrase(file(''))).toThrow('empty');
    expect(() => readPassphrase(file('\n'))).toThrow('empty');
    expect(readPassphrase(file(`${'x'.repeat(1024)}\n`))).toHaveLength(1024);
    expect(() => readPassphrase(file('x'.repeat(1025)))).toThrow('longer');
    expect(() => readPassphrase(file('x'.repeat(5000)))).toThrow('longer');
  });

  test.skipIf(process.platform === 'win32')(
    'is read by several children from one inherited descriptor of a file',
    async () => {
      const descriptor = openSync(file('shared words\n'), 'r');
      const reads = await Promise.all([childReads(descriptor), childReads(descriptor)]);
      closeSync(descriptor);
      expect(reads).toEqual(['shared words', 'shared words']);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'is read from a pipe that the parent fills late and in pieces',
    async () => {
      const read = await childReads('pipe', (pipe) => {
        pipe.write('pip');
        setTimeout(() => pipe.end('ed words\n'), 700);
      });
      expect(read).toBe('piped words');
    },
  );
});
