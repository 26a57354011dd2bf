// Acceptance 6: OpenSSL verifies what a live system exports, and our code what OpenSSL signs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importSm2PublicKeyPem, verifySm2 } from '#libs/sm/sm2.ts';
import type { Api, Json } from '../../services/demo/api.ts';
import { personName, residentId } from '../../services/demo/identities.ts';
import { openBusinessDay, registerNewcomer } from '../../services/demo/market-steps.ts';
import { createInstallation, type Installation, runScript } from '../support/installation.ts';
import { openOpenssl } from '../unit/sm/openssl.ts';
import { untilAllReceipted } from '../support/link-status.ts';
import { withChangedByte } from './support/forgery.ts';

/** Of the acceptance line, and the two more that a proof has. */
const names = ['header', 'seal', 'result', 'witness', 'supervisory-header'] as const;
const folder = mkdtempSync(join(tmpdir(), 'quanji-line-6-'));
const proof = join(folder, 'proof');
const anchor = join(folder, 'anchor.json');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let installation: Installation;
let api: Api;

beforeAll(async () => {
  installation = createInstallation({ options: ['--empty'] });
  await installation.start();
  api = installation.api();
  await openBusinessDay(api);
  await registerNewcomer(api, personName(1), residentId(11_700_001));
  await untilAllReceipted(api, 120_000);
}, 600_000);

afterAll(async () => {
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

async function aReceiptedObject(): Promise<string> {
  const page = await api.get('regulator', 'regulator-link/v1/facts?state=receipted');
  const [fact] = page['items'] as readonly Json[];
  const found = await api.get('regulator', `regulator-link/v1/facts/${String(fact?.['eventId'])}`);
  const [object] = found['objects'] as readonly Json[];
  return `${String(object?.['objectId'])}/${String(object?.['version'])}`;
}

/** The command of the acceptance line, word for word. */
function dgst(name: string, message = `${name}.bin`): string {
  const command =
    `openssl dgst -sm3 -verify ${name}.pem -sigopt distid:1234567812345678 ` +
    `-signature ${name}.sig ${message}`;
  const { stdout } = spawnSync('sh', ['-c', command], { cwd: proof, encoding: 'utf8' });
  say(`${command}: ${stdout.trim()}`);
  return stdout.trim();
}

describe('acceptance 6', () => {
  it('OpenSSL verifies the exported header, seal and RESULT, and nothing else for them', async () => {
    const id = await aReceiptedObject();
    const data = ['--data', installation.data];
    const exported = await runScript('export', [...data, '--proof', id, proof]);
    expect(exported).toMatchObject({ status: 0 });
    const pinned = await runScript('export', [...data, '--anchor', anchor]);
    expect(pinned).toMatchObject({ status: 0 });
    for (const name of names) {
      expect(dgst(name)).toBe('Verified OK');
      const bytes = readFileSync(join(proof, `${name}.bin`));
      writeFileSync(join(proof, 'changed'), withChangedByte(bytes, bytes.length >> 1));
      expect(dgst(name, 'changed')).toBe('Verification failure');
    }
    const verified = await runScript('verify', [proof, '--anchor', anchor]);
    expect(verified).toMatchObject({ status: 0 });
    say(verified.output.trim().split('\n').at(-1) ?? '');
  });

  it('our code verifies what OpenSSL signs, over the same messages and the empty one', () => {
    const openssl = openOpenssl();
    const messages = [
      new Uint8Array(),
      ...names.map((name) => Uint8Array.from(readFileSync(join(proof, `${name}.bin`)))),
    ];
    let verified = 0;
    for (const message of messages) {
      const privateKey = openssl.generateKeyPem();
      const publicKey = importSm2PublicKeyPem(openssl.publicKeyPem(privateKey));
      const signature = openssl.sign(privateKey, message);
      expect(verifySm2(publicKey, message, signature)).toBe(true);
      const other = Uint8Array.from([...message, 0]);
      expect(verifySm2(publicKey, other, signature)).toBe(false);
      const changed = withChangedByte(signature, signature.length - 1);
      expect(verifySm2(publicKey, message, changed)).toBe(false);
      verified += 1;
    }
    openssl.close();
    say(`our code verified ${verified} signatures of ${opensslVersion()}`);
  });
});

function opensslVersion(): string {
  return spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout.trim();
}
