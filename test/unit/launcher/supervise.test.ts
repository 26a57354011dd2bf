import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '#libs/process-guard/port.ts';
import { isAlive } from '#libs/process-guard/process.ts';
import { rememberChildren } from '../../../services/launcher/children.ts';
import {
  lastWord,
  type ServicePlan,
  type SupervisedService,
  superviseService,
} from '../../../services/launcher/supervise.ts';

/** A whole service in a few lines: it answers, shows what it was given, ends on SIGTERM. */
const program = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const secret = readFileSync(Number(process.env.KEY_PASSPHRASE_FILE.slice('/dev/fd/'.length)), 'utf8');
  writeFileSync('seen.json', JSON.stringify({ secret, inherited: process.env.VITEST ?? null }));
  require('node:http').createServer((_, answer) => answer.end('{}')).listen(Number(process.env.PORT), '127.0.0.1');
`;

let folder: string;
let running: SupervisedService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quanji-supervise-'));
  writeFileSync(join(folder, 'passphrase'), 'open sesame');
});

afterEach(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true });
});

async function start(source: string): Promise<{ service: SupervisedService; said: string[] }> {
  const port = await freePort();
  const plan: ServicePlan = {
    name: 'teller',
    url: `http://127.0.0.1:${port}`,
    command: [process.execPath, '-e', source],
    folder,
    environment: { PORT: String(port), KEY_PASSPHRASE_FILE: '/dev/fd/3' },
    logFile: join(folder, 'teller.log'),
    passphraseFile: join(folder, 'passphrase'),
  };
  const said: string[] = [];
  const service = superviseService(plan, {
    children: rememberChildren(join(folder, 'children.json')),
    say: (line) => said.push(line),
    onChange: () => undefined,
    readyTimeoutMs: 10_000,
  });
  running = service;
  return { service, said };
}

describe('a supervised service', () => {
  it('gets its passphrase by descriptor and no more environment than its plan', async () => {
    const { service } = await start(program);
    await service.ready;
    const seen: unknown = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    expect(seen).toEqual({ secret: 'open sesame', inherited: null });
  });

  it('is started again when it dies, and that is said', async () => {
    const { service, said } = await start(program);
    await service.ready;
    const first = service.pid() ?? 0;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => said, { timeout: 5_000 }).toHaveLength(1);
    expect(said[0]).toMatch(/^teller died: starting it again/);
    await expect.poll(() => service.pid() ?? first, { timeout: 5_000 }).not.toBe(first);
    await expect
      .poll(() => said[1], { timeout: 5_000 })
      .toMatch(/^teller: ready again after \d+ ms/);
  });

  it('is given up with its last word when it never comes up', async () => {
    const { service, said } = await start(`console.error('no DATABASE_URL_FILE'); process.exit(2)`);
    await expect(service.ready).rejects.toThrow(/^teller does not start: no DATABASE_URL_FILE/);
    expect(said).toHaveLength(2);
  });

  it('is gone after its stop', async () => {
    const { service, said } = await start(program);
    await service.ready;
    const pid = service.pid() ?? 0;
    await service.stop();
    expect(isAlive(pid)).toBe(false);
    expect(said).toEqual([]);
  });
});

describe('the last word of a log', () => {
  it.each([
    ['plain\nlines\n', 'lines'],
    ['{"level":60,"msg":"cannot open the key file"}\n\n', 'cannot open the key file'],
    ['{"level":60}\n', '{"level":60}'],
    ['', 'none'],
    ['Error: no key\n    at open (file:1)\n\nNode.js v20.20.2\n', 'Error: no key'],
  ])('in %j is %s', (text, word) => {
    const file = join(folder, 'some.log');
    writeFileSync(file, text);
    expect(lastWord(file)).toBe(word);
  });
});
