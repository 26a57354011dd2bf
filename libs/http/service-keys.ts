// Where the keys of callers come from: public keys of services by file, the provider's keys by URL.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

const serviceNamePattern = /^[a-z][a-z-]{0,39}$/;
const isMissingFile = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * Public keys in files `<service>.pem` of a directory, read at first use and kept: a service that
 * gets a new key needs its callees restarted.
 */
export const serviceKeysIn = (
  directory: string,
): ((caller: string) => Promise<KeyObject | undefined>) => {
  const known = new Map<string, KeyObject>();
  return async (caller) => {
    if (!serviceNamePattern.test(caller)) return undefined;
    const kept = known.get(caller);
    if (kept !== undefined) return kept;
    try {
      const key = createPublicKey(await readFile(join(directory, `${caller}.pem`)));
      known.set(caller, key);
      return key;
    } catch (error) {
      if (isMissingFile(error)) return undefined;
      throw error;
    }
  };
};

const jwksTimeoutMs = 3_000;
const jwksCooldownMs = 10_000;
const jwksAgeMaxMs = 10 * 60_000;

/** The provider's signing keys, fetched when needed and cached; a new key id is looked up. */
export const providerKeysAt = (url: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(url), {
    timeoutDuration: jwksTimeoutMs,
    cooldownDuration: jwksCooldownMs,
    cacheMaxAge: jwksAgeMaxMs,
  });
