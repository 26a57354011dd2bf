// A crash point kills only when its own name is armed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'quanji-crash-'));
afterAll(() => rmSync(directory, { recursive: true }));

const script = `
  import { createCrashPoints } from '#libs/crash-points/crash-points.ts';
  const crashPoint = createCrashPoints(process.argv[1] || undefined);
  crashPoint('before-sign');
  process.stdout.write('alive');`;

function run(armed: string | undefined): { signal: string | null; output: string } {
  const file = join(directory, 'armed');
  if (armed !== undefined) writeFileSync(file, `${armed}\n`);
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const child = spawnSync(process.execPath, [...args, armed === undefined ? '' : file]);
  return { signal: child.signal, output: child.stdout.toString() };
}

test('the process dies at the armed point and passes every other', () => {
  expect(run('before-sign')).toEqual({ signal: 'SIGKILL', output: '' });
  expect(run('after-sign')).toEqual({ signal: null, output: 'alive' });
  expect(run(undefined)).toEqual({ signal: null, output: 'alive' });
});
