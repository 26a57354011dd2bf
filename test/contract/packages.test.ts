import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SM_CRYPTO_VERSION } from '#libs/sm/self-test.ts';
import { root } from './repository.ts';

const packages = z.record(z.string(), z.string());
const manifest = z
  .object({
    dependencies: packages,
    devDependencies: packages,
    optionalDependencies: packages,
    engines: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

describe('package.json', () => {
  it('pins every package to one version', () => {
    const all = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    };
    const loose = Object.entries(all).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('has the version of sm-crypto whose options libs/sm passes', () => {
    expect(manifest.dependencies['sm-crypto']).toBe(SM_CRYPTO_VERSION);
    const installed = readFileSync(join(root, 'node_modules/sm-crypto/package.json'), 'utf8');
    expect(JSON.parse(installed)).toMatchObject({ version: SM_CRYPTO_VERSION });
  });

  it('runs on Node 20.19', () => {
    expect(manifest.engines.node).toBe('>=20.19');
  });
});
