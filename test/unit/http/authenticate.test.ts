// Authentication: every way in which a token may be wrong.
import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, exportJWK, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '#libs/http/authenticate.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import { signServiceToken } from '#libs/http/service-token.ts';
import { instantFromUnixSeconds, toUnixSeconds } from '#libs/time/instant.ts';

const now = instantFromUnixSeconds(1_790_000_000);
const seconds = toUnixSeconds(now);
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const issuer = 'https://provider.example';
const request = { method: 'GET', target: '/v1/x', body: new Uint8Array() };

let authenticator: Authenticator;

beforeAll(async () => {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256' };
  authenticator = createAuthenticator({
    serviceName: 'registry',
    people: { issuer, keys: createLocalJWKSet({ keys: [jwk] }) },
    services: {
      publicKeyOf: async (caller) => (caller === 'settlement' ? pair.publicKey : undefined),
      useNonce: async () => true,
    },
  });
});

const good: JWTPayload = {
  iss: issuer,
  aud: 'quanji',
  sub: 'person-1',
  iat: seconds,
  exp: seconds + 300,
  roles: ['investor'],
  name: '张三',
  subject_id: 'subject-1',
};

const without = (claim: string): JWTPayload =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));

const token = (claims: JWTPayload, key = pair.privateKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'a', typ: 'at+jwt' }).sign(key);

const codeOf = async (authorization: string | undefined): Promise<string> => {
  const caller = await authenticator.authenticate(authorization, now);
  return caller.ok ? 'admitted' : caller.error.code;
};

describe('a person', () => {
  it('is known by the claims of the token', async () => {
    const caller = await authenticator.authenticate(`Bearer ${await token(good)}`, now);
    expect(caller).toMatchObject({
      ok: true,
      value: {
        actor: {
          kind: 'person',
          id: 'person-1',
          name: '张三',
          roles: ['investor'],
          subjectId: 'subject-1',
        },
      },
    });
  });

  it.each<[string, JWTPayload, string]>([
    ['another audience', { ...good, aud: 'other' }, 'unauthenticated'],
    ['another issuer', { ...good, iss: 'https://other.example' }, 'unauthenticated'],
    ['no subject', without('sub'), 'unauthenticated'],
    ['no expiry', without('exp'), 'unauthenticated'],
    ['an expiry in the past', { ...good, exp: seconds - 10 }, 'token-expired'],
    ['a beginning in the future', { ...good, nbf: seconds + 100 }, 'unauthenticated'],
  ])('is refused with %s', async (_name, claims, code) => {
    expect(await codeOf(`Bearer ${await token(claims)}`)).toBe(code);
  });

  it('is refused with another key, no signature, another scheme or rubbish', async () => {
    const base64url = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${base64url({ alg: 'none' })}.${base64url(good)}.`;
    const values = [
      `Bearer ${await token(good, strange.privateKey)}`,
      `Bearer ${unsigned}`,
      `Basic ${await token(good)}`,
      'Bearer a.b.c',
      'Bearer ..',
      `Bearer ${'a'.repeat(9_000)}.b.c`,
      '',
      undefined,
    ];
    for (const value of values) expect(await codeOf(value)).toBe('unauthenticated');
  });

  it('gets a 503, not a 401, when the provider cannot be asked', async () => {
    const keys = createRemoteJWKSet(new URL('http://127.0.0.1:1/jwks'), { timeoutDuration: 500 });
    const alone = createAuthenticator({ serviceName: 'registry', people: { issuer, keys } });
    const asked = alone.authenticate(`Bearer ${await token(good)}`, now);
    await expect(asked).rejects.toBeInstanceOf(DependencyUnavailable);
  });
});

describe('a service', () => {
  const issue = { caller: 'settlement', callee: 'registry', key: pair.privateKey, now, request };

  it('is known by the key of its name, and confirmed for its request alone', async () => {
    const caller = await authenticator.authenticate(
      `Bearer ${await signServiceToken({ ...issue, onBehalfOf: 'person-1' })}`,
      now,
    );
    if (!caller.ok) throw new Error(caller.error.code);
    expect(caller.value.actor).toEqual({
      kind: 'service',
      name: 'settlement',
      onBehalfOf: 'person-1',
    });
    expect(await caller.value.confirm(request)).toMatchObject({ ok: true });
    for (const changed of [{ method: 'POST' }, { target: '/v1/y' }, { body: Uint8Array.of(1) }]) {
      const confirmed = await caller.value.confirm({ ...request, ...changed });
      expect(confirmed).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
    }
  });

  it('is refused under an unknown name, for another callee, with another key', async () => {
    for (const changed of [
      { caller: 'portal' },
      { callee: 'portal' },
      { key: strange.privateKey },
      { now: instantFromUnixSeconds(seconds + 100) },
    ]) {
      const bearer = `Bearer ${await signServiceToken({ ...issue, ...changed })}`;
      expect(await codeOf(bearer)).toBe('unauthenticated');
    }
    const old = { ...issue, now: instantFromUnixSeconds(seconds - 100) };
    expect(await codeOf(`Bearer ${await signServiceToken(old)}`)).toBe('token-expired');
  });

  it('is refused with a token that lives longer than a minute', async () => {
    const long = await new SignJWT({ digest: 'x' })
      .setProtectedHeader({ alg: 'ES256', typ: 'service+jwt' })
      .setIssuer('settlement')
      .setAudience('registry')
      .setJti('1')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 61)
      .sign(pair.privateKey);
    expect(await codeOf(`Bearer ${long}`)).toBe('unauthenticated');
  });

  it('is refused everywhere when no service may call', async () => {
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256' };
    const people = { issuer, keys: createLocalJWKSet({ keys: [jwk] }) };
    const alone = createAuthenticator({ serviceName: 'registry', people });
    const caller = await alone.authenticate(`Bearer ${await signServiceToken(issue)}`, now);
    expect(caller).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
  });
});
