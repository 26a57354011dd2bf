// What leaves the link by export proves itself without us, and nothing else leaves it readable.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { createKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger } from '#libs/log/log.ts';
import { toHex } from '#libs/sm/hex.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../support/link-rig.ts';
import { withClient } from '../support/postgres.ts';
import { isReadable } from '../support/readable.ts';
import { until } from './support/waiting.ts';

const canaries = ['张三', '11010519491231002X', '13800000000', '杭州市'];
const subject = newObject('subject');
const subjectId = subject.header.content.object_id;
const logged: string[] = [];
let rig: LinkRig;
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'quanji-export-'));
  for (const folder of ['keys', 'trust']) mkdirSync(join(data, folder));
  const passphraseFile = join(data, 'passphrase');
  writeFileSync(passphraseFile, 'a passphrase of the test\n', { mode: 0o600 });
  const keys = await createKeyFile(
    join(data, 'keys', 'regulator-link.key'),
    new TextEncoder().encode('a passphrase of the test'),
    { 'record-kek': 'secret-16' },
  );
  const destination = { write: (line: string) => void logged.push(line) };
  rig = await startLinkRig({
    changes: { recordKek: keys.secret('record-kek') },
    log: createLogger({ service: 'link-test', level: 'debug', destination }),
  });
  writeInstallation(passphraseFile);
  const account = newObject('account', (object) => {
    refer(object, { SUB: `${subjectId}/0`, ACC: `${object.header.content.object_id}/0` });
  });
  const event = await rig.books.post('parties', [{ object: subject }, { object: account }]);
  const broken = newObject('subject', (object) => {
    Object.assign(object.body, { surprise: '张三' });
  });
  await rig.books.post('parties', [{ object: broken }]);
  await until('it is receipted', async () => (await rig.stateOf(event)) === 'receipted');
});
afterAll(async () => {
  await rig.close();
  rmSync(data, { recursive: true });
});

function writeInstallation(passphraseFile: string): void {
  const { seal, supervisory, gateway } = rig.parts;
  const key = (of: { keyId: string; publicKey: Uint8Array }) => ({
    keyId: of.keyId,
    publicKey: toHex(of.publicKey),
  });
  const files = {
    'genesis.json': rig.chain.keys.file,
    'market.json': { chainId: 'zhejiang', gatewayKeys: [key(gateway)], sealKeys: [key(seal)] },
    'supervisory.json': {
      chainId: supervisory.chainId,
      validators: supervisory.validators.map((each) => ({ ...key(each), weight: '1' })),
      gatewayKeys: supervisory.gatewayKeys.map(key),
    },
  };
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(data, 'trust', name), JSON.stringify(value));
  }
  const runtime = {
    chainId: 'zhejiang',
    databases: { 'auditor@quanji': rig.database.auditorUrl },
    files: { trust: join(data, 'trust'), keys: join(data, 'keys'), passphrase: passphraseFile },
  };
  writeFileSync(join(data, 'runtime.json'), JSON.stringify(runtime));
}

function command(name: 'export' | 'verify', ...args: string[]) {
  const file = join(import.meta.dirname, `../../services/regulator-link/cli/${name}.ts`);
  return spawnSync(process.execPath, ['--import', 'tsx', file, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

describe('npm run export', () => {
  it('writes every object version as sealed JSON that passes the schemas', () => {
    const folder = join(data, 'objects');
    const run = command('export', '--data', data, '--objects', folder);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('2 object versions');
    const names = readdirSync(folder);
    expect(names).toContain(`${subjectId}.0.0.json`);
    for (const name of names) {
      const object: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      expect(validateObject(object)).toMatchObject({ ok: true });
    }
  });

  it('writes a proof whose signatures openssl and npm run verify accept', (ctx) => {
    const folder = join(data, 'proof');
    const anchor = join(data, 'anchor.json');
    expect(command('export', '--data', data, '--anchor', anchor).status).toBe(0);
    const run = command('export', '--data', data, '--proof', subjectId, folder);
    expect(run.stderr).toBe('');
    const verified = command('verify', folder, '--anchor', anchor);
    expect(verified.stdout).toContain('The proof holds.');
    expect(verified.status).toBe(0);
    const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
    if (version.status !== 0) return ctx.skip('no openssl command');
    for (const name of ['header', 'witness', 'seal', 'result', 'supervisory-header']) {
      const at = (ending: string): string => join(folder, `${name}.${ending}`);
      const said = execFileSync(
        'openssl',
        ['dgst', '-sm3', '-verify', at('pem'), '-sigopt', 'distid:1234567812345678'].concat([
          '-signature',
          at('sig'),
          at('bin'),
        ]),
        { encoding: 'utf8' },
      );
      expect(said.trim()).toBe('Verified OK');
    }
  });

  it('a changed bundle or another anchor fails the check', () => {
    const folder = join(data, 'proof');
    const anchor = join(data, 'anchor.json');
    const file = join(folder, 'bundle.json');
    const original = readFileSync(file, 'utf8');
    const bundle = JSON.parse(original) as Record<string, unknown>;
    for (const change of [{ leafIndex: '7' }, { certificate: [1] }, { result: undefined }]) {
      writeFileSync(file, JSON.stringify({ ...bundle, ...change }));
      const run = command('verify', folder, '--anchor', anchor);
      expect(run.stdout).toContain('does not hold');
      expect(run.status).toBe(1);
    }
    writeFileSync(file, original);
    const other = JSON.parse(readFileSync(anchor, 'utf8')) as { market: { sealKeys: unknown } };
    other.market.sealKeys = [];
    writeFileSync(join(data, 'other.json'), JSON.stringify(other));
    expect(command('verify', folder, '--anchor', join(data, 'other.json')).status).toBe(1);
  });

  it('says in one line what is wrong', () => {
    const run = command('export', '--data', join(data, 'nowhere'), '--objects', join(data, 'x'));
    expect(run.status).toBe(1);
    expect(run.stderr.trim()).toMatch(/runtime\.json is not there$/);
    expect(command('export', '--data', data, '--proof', 'SUB-1', join(data, 'x')).status).toBe(1);
    expect(command('export').stderr).toContain('Usage:');
    expect(command('verify', data, '--anchor', join(data, 'x.json')).status).toBe(1);
  });
});

/** Every row of every table as text, bytes both in hexadecimal and, where they are base64, decoded. */
async function everythingIn(url: string, schema: string): Promise<string[]> {
  return await withClient(url, async (client) => {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = $1`,
      [schema],
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.rows.map(({ row }) => row));
    }
    return texts;
  });
}

describe('personal data', () => {
  it('is found by this scan where it stands in clear, in every wrapping', () => {
    const clear = Buffer.from('{"kind":"subject","name":"张三","at":1}');
    const base64 = Buffer.from(JSON.stringify({ record: clear.toString('base64') }));
    expect(isReadable(clear.toString(), '张三')).toBe(true);
    expect(isReadable(`\\x${clear.toString('hex')}`, '张三')).toBe(true);
    expect(isReadable(`\\x${base64.toString('hex')}`, '张三')).toBe(true);
  });

  it('is not found in digits that write other bytes', () => {
    expect(isReadable(`\\x${'326138'.padEnd(40, '0')}`, '13800000000')).toBe(false);
    expect(isReadable('telephone 13800000000', '13800000000')).toBe(true);
  });

  it('is readable neither on topics, nor on the chain, nor in the link, nor in its logs', async () => {
    const { sequencer, follower } = rig.chain.databases;
    const texts = [
      ...(await everythingIn(sequencer.superuserUrl, 'chain')),
      ...(await everythingIn(follower.superuserUrl, 'chain')),
      ...(await everythingIn(rig.database.superuserUrl, 'link')),
      ...(await everythingIn(rig.busUrl, 'bus')),
      ...logged,
    ];
    expect(texts.length).toBeGreaterThan(50);
    expect(logged.join('')).toContain('object-parked');
    for (const canary of canaries) {
      expect(texts.filter((text) => isReadable(text, canary))).toEqual([]);
    }
  });
});
