import { expect, test } from 'vitest';
import { runSelfTest, SM_CRYPTO_VERSION } from '#libs/sm/self-test.ts';
import lockfile from '../../../package-lock.json' with { type: 'json' };

test('the start-up self-test holds here', () => {
  expect(() => runSelfTest()).not.toThrow();
});

test('another version of sm-crypto is refused, and named', () => {
  for (const version of ['0.5.7', '0.4.0', '0.5.9', '1.0.0', '']) {
    expect(() => runSelfTest(version)).toThrow(`sm-crypto is ${version}, not 0.5.8`);
  }
});

test('the lockfile pins the one version of sm-crypto that start-up accepts', () => {
  expect(lockfile.packages['node_modules/sm-crypto'].version).toBe(SM_CRYPTO_VERSION);
  expect(lockfile.packages[''].dependencies['sm-crypto']).toBe(SM_CRYPTO_VERSION);
});
