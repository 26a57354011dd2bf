import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const bootstrap = join(import.meta.dirname, '../../../services/launcher/bootstrap.mjs');

describe('the bootstrap', () => {
  it('imports nothing but Node itself before the dependencies are there', () => {
    const text = readFileSync(bootstrap, 'utf8');
    const imports = [...text.matchAll(/^import .* from '(.+)';$/gm)].map((match) => match[1] ?? '');
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([]);
  });

  it('refuses an unknown command in one line', () => {
    const { status, stderr } = spawnSync(process.execPath, [bootstrap, 'fly'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toBe('unknown command "fly": expected start, test, accept, crash or install\n');
  });

  it('refuses an acceptance line that there is not, and a seed that is no number', () => {
    for (const words of [
      ['accept', '99'],
      ['accept', '../unit'],
      ['crash', '--seed', 'x'],
    ]) {
      const run = spawnSync(process.execPath, [bootstrap, ...words], { encoding: 'utf8' });
      expect(run.status).toBe(1);
      expect(run.stderr).toMatch(/^(there is no test|--seed must be)/);
    }
  });

  it('prints the options', () => {
    const { status, stdout } = spawnSync(process.execPath, [bootstrap, 'start', '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('--bus KIND');
  });
});
