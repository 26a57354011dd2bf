// Callers with real tokens for HTTP tests: a provider's key for people, a key pair per service.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, exportJWK, SignJWT } from 'jose';
import {
  accessTokenAudience,
  createAuthenticator,
  type UseNonce,
} from '#libs/http/authenticate.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import { type SignedRequest, signServiceToken } from '#libs/http/service-token.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Clock, systemClock } from '#libs/time/clock.ts';
import { toUnixSeconds } from '#libs/time/instant.ts';

const issuer = 'http://127.0.0.1/oidc';

export interface TestPerson {
  readonly id?: string;
  readonly name?: string;
  readonly roles: readonly string[];
  readonly subjectId?: string;
}

export interface TestCallers {
  readonly authenticator: Authenticator;
  /** The value of the Authorization header. */
  person(person: TestPerson): Promise<string>;
  /** For one request, exactly as sent. */
  service(caller: string, request: SignedRequest): Promise<string>;
  privateKeyOf(caller: string): KeyObject;
}

const keyPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

const usedOnce = (): UseNonce => {
  const used = new Set<string>();
  return async ({ caller, nonce }) => {
    const key = `${caller} ${nonce}`;
    if (used.has(key)) return false;
    used.add(key);
    return true;
  };
};

/** Callers of the service of that name; `useNonce` is the service's own where that is under test. */
export const createTestCallers = async (
  serviceName: string,
  options: { clock?: Clock; useNonce?: UseNonce } = {},
): Promise<TestCallers> => {
  const clock = options.clock ?? systemClock;
  const provider = keyPair();
  const jwk = { ...(await exportJWK(provider.publicKey)), kid: 'test', alg: 'ES256' };
  const services = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();
  const pairOf = (caller: string): { publicKey: KeyObject; privateKey: KeyObject } => {
    const pair = services.get(caller) ?? keyPair();
    services.set(caller, pair);
    return pair;
  };
  const authenticator = createAuthenticator({
    serviceName,
    people: { issuer, keys: createLocalJWKSet({ keys: [jwk] }) },
    services: {
      publicKeyOf: async (caller) => services.get(caller)?.publicKey,
      useNonce: options.useNonce ?? usedOnce(),
    },
  });
  return {
    authenticator,
    privateKeyOf: (caller) => pairOf(caller).privateKey,
    person: async ({ id = newUuid(), name = 'Test person', roles, subjectId }) => {
      const issuedAt = toUnixSeconds(clock.now());
      const claims = { name, roles, ...(subjectId === undefined ? {} : { subject_id: subjectId }) };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
        .setIssuer(issuer)
        .setAudience(accessTokenAudience)
        .setSubject(id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 300)
        .sign(provider.privateKey);
      return `Bearer ${token}`;
    },
    service: async (caller, request) => {
      const key = pairOf(caller).privateKey;
      const now = clock.now();
      return `Bearer ${await signServiceToken({ caller, callee: serviceName, key, now, request })}`;
    },
  };
};
