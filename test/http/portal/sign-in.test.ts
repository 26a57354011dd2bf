// Signing in: through the provider's code flow, by page and session, with lock-out.
import { decodeJwt, decodeProtectedHeader, createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignInRefused, signInForToken } from '#libs/sign-in-client/sign-in-client.ts';
import { newKey, openPortal, password, type TestPortal } from './support/portal.ts';

let portal: TestPortal;
const api = () => supertest(portal.url);
const token = (username: string, secret = password(username)): Promise<string> =>
  signInForToken({ issuer: portal.issuer, username, password: secret });

beforeAll(async () => {
  portal = await openPortal();
});
afterAll(() => portal.close());

describe('the code flow with PKCE', () => {
  it('gives a five-minute access token that our key set verifies', async () => {
    const accessToken = await token('registrar-maker');
    const keys = createRemoteJWKSet(new URL(`${portal.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      issuer: portal.issuer,
      audience: 'quanji',
      algorithms: ['ES256'],
      typ: 'at+jwt',
    });
    expect(protectedHeader.kid).toBe('test-key');
    expect(payload).toMatchObject({
      name: 'registrar-maker 演示',
      preferred_username: 'registrar-maker',
      roles: ['registrar.maker'],
      client_id: 'quanji-cli',
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    expect(payload).not.toHaveProperty('subject_id');
    const me = await api().get('/v1/me').set('Authorization', `Bearer ${accessToken}`);
    expect(me.body).toMatchObject({ id: payload.sub, roles: ['registrar.maker'] });
  });

  it('refuses a wrong password with the page, in the language asked for', async () => {
    const refused = token('registrar-maker', 'wrong').catch((error: unknown) => error);
    expect(await refused).toBeInstanceOf(SignInRefused);
    expect(await refused).toMatchObject({ message: '用户名或密码错误。' });
  });

  const authorizePath = (change: Record<string, string | undefined>): string => {
    const asked = {
      client_id: 'quanji-cli',
      redirect_uri: 'http://127.0.0.1/callback',
      response_type: 'code',
      scope: 'openid quanji',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...change,
    };
    const given = Object.entries(asked).filter((entry): entry is [string, string] => !!entry[1]);
    return `/oidc/auth?${new URLSearchParams(given)}`;
  };
  const authorize = (change: Record<string, string | undefined>) =>
    api().get(authorizePath(change));

  it('refuses a request without PKCE', async () => {
    const answer = await authorize({ code_challenge: undefined, code_challenge_method: undefined });
    expect(answer.headers['location']).toContain('error=invalid_request');
  });

  it('refuses another resource', async () => {
    const answer = await authorize({ resource: 'urn:other' });
    expect(answer.headers['location']).toContain('error=invalid_target');
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['a redirect to another place', { redirect_uri: 'https://evil.example/callback' }],
  ])('refuses %s with a page and redirects nowhere', async (_, change) => {
    const answer = await authorize(change);
    expect(answer.status).toBe(400);
    expect(answer.headers['location']).toBeUndefined();
    expect(answer.text).toContain('无法完成该请求');
  });

  it('lets one person follow another in the same browser', async () => {
    const agent = supertest.agent(portal.url);
    const subjects: unknown[] = [];
    for (const username of ['operator', 'registrar-checker', 'operator']) {
      const begun = await agent.get(authorizePath({}));
      const page = new URL(begun.headers['location'] ?? '', portal.url).pathname;
      const form = { username, password: password(username) };
      const resumed = await agent.post(page).type('form').send(form);
      const resume = new URL(resumed.headers['location'] ?? '', portal.url).pathname;
      const ended = await agent.get(resume);
      const code = new URL(ended.headers['location'] ?? '').searchParams.get('code');
      const exchanged = await agent.post('/oidc/token').type('form').send({
        grant_type: 'authorization_code',
        client_id: 'quanji-cli',
        redirect_uri: 'http://127.0.0.1/callback',
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        code,
      });
      expect(exchanged.status).toBe(200);
      subjects.push(decodeJwt(exchanged.body.access_token)['preferred_username']);
      const again = await agent.post('/oidc/token').type('form').send({
        grant_type: 'authorization_code',
        client_id: 'quanji-cli',
        redirect_uri: 'http://127.0.0.1/callback',
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        code,
      });
      expect(again.body.error).toBe('invalid_grant');
    }
    expect(subjects).toEqual(['operator', 'registrar-checker', 'operator']);
  });

  it('ties the sign-in form to the browser that began', async () => {
    const begun = await authorize({});
    const page = new URL(begun.headers['location'] ?? '', portal.url).pathname;
    expect(page).toMatch(/^\/interaction\//);
    const other = await api().get(page);
    expect(other.status).toBe(400);
    expect(other.text).toContain('登录请求已失效');
    const posted = await api()
      .post(page)
      .type('form')
      .send({ username: 'operator', password: password('operator') });
    expect(posted.status).toBe(400);
  });
});

describe('the sign-in page', () => {
  it('is Chinese first, English on request, and works without scripts', async () => {
    const page = await api().get('/signin');
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(page.text).not.toContain('<script');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect((await api().get('/signin').set('Accept-Language', 'en')).text).toContain('User name');
    const switched = await api().get('/signin?lang=en');
    const kept = await api()
      .get('/signin')
      .set('Cookie', switched.headers['set-cookie'] ?? '');
    expect(kept.text).toContain('<html lang="en">');
  });

  it('shows what was typed harmlessly', async () => {
    const answer = await api()
      .post('/signin')
      .type('form')
      .send({ username: '"><script>alert(1)</script>', password: 'x' });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('<script>');
    expect(answer.text).toContain('&lt;script&gt;');
  });

  it('refuses a form from another site', async () => {
    const answer = await api()
      .post('/signin')
      .set('Origin', 'https://evil.example')
      .type('form')
      .send({ username: 'operator', password: password('operator') });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  const attempt = (username: string, secret: string) =>
    api().post('/signin').type('form').send({ username, password: secret });

  it('locks a login after five failures for a quarter hour, right password or not', async () => {
    const failed = await Promise.all(
      Array.from({ length: 5 }, (_, n) => attempt('auditor', `guess ${n}`)),
    );
    expect(failed.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401]);
    const locked = await attempt('auditor', password('auditor'));
    expect(locked.status).toBe(429);
    expect(locked.text).toContain('暂时锁定');
    const audited = await portal.db
      .selectFrom('audit_record')
      .select('action')
      .where('action', 'in', ['login-locked', 'sign-in-refused-while-locked'])
      .execute();
    expect(audited.map((row) => row.action).sort()).toEqual([
      'login-locked',
      'sign-in-refused-while-locked',
    ]);
    portal.advance(16 * 60_000);
    expect((await attempt('auditor', password('auditor'))).status).toBe(303);
  });

  it('answers an unknown user name like a wrong password', async () => {
    const [unknown, wrong] = [await attempt('nobody', 'x'), await attempt('operator', 'x')];
    expect(unknown.status).toBe(wrong.status);
    expect(unknown.text.replace('nobody', 'operator')).toBe(wrong.text);
  });

  it('refuses overlong input', async () => {
    expect((await attempt('a'.repeat(65), 'x')).status).toBe(401);
    expect((await attempt('operator', 'x'.repeat(300))).status).toBe(401);
    expect((await attempt('operator', 'x'.repeat(20_000))).status).toBe(413);
  });
});

describe('a browser session', () => {
  const startSession = async (username: string) => {
    const agent = supertest.agent(portal.url);
    const entered = await agent
      .post('/signin')
      .type('form')
      .send({ username, password: password(username) });
    expect(entered.status).toBe(303);
    const cookie = String(entered.headers['set-cookie']);
    expect(cookie).toMatch(/quanji_session=[^;]+; .*HttpOnly; SameSite=Lax/);
    const { body } = await agent.get('/session');
    return { agent, csrf: String(body.csrfToken) };
  };

  it('stands for the person (getMe), and its token is stored as a digest only', async () => {
    const { agent } = await startSession('registrar-maker');
    expect((await agent.get('/v1/me')).body.roles).toEqual(['registrar.maker']);
    expect((await agent.get('/')).text).toContain('registrar-maker');
    const rows = await portal.db.selectFrom('session').select('token_hash').execute();
    expect(rows.every((row) => row.token_hash.length === 32)).toBe(true);
  });

  it('changes nothing without its CSRF token, nor for another site', async () => {
    const { agent, csrf } = await startSession('operator');
    const program = { name: 'x', roles: ['auditor'], publicKeyPem: 'not a key' };
    const post = () => agent.post('/v1/programs').set('Idempotency-Key', 'k1').send(program);
    expect((await post()).body.code).toBe('csrf-token-invalid');
    expect((await post().set('X-CSRF-Token', csrf.replace(/./g, '0'))).status).toBe(403);
    const foreign = await post().set('X-CSRF-Token', csrf).set('Origin', 'https://evil.example');
    expect(foreign.body.code).toBe('csrf-token-invalid');
    expect((await post().set('X-CSRF-Token', csrf)).body.code).toBe('program-key-invalid');
  });

  it('ends by sign-out, which needs the token too', async () => {
    const { agent, csrf } = await startSession('operator');
    const refused = await agent.post('/signout').type('form').send({ csrf: 'x' });
    expect(refused.status).toBe(403);
    expect((await agent.get('/v1/me')).status).toBe(200);
    const ended = await agent.post('/signout').type('form').send({ csrf });
    expect(ended.status).toBe(303);
    expect((await agent.get('/v1/me')).status).toBe(401);
  });

  it('ends when it has been idle for half an hour', async () => {
    const { agent } = await startSession('operator');
    portal.advance(29 * 60_000);
    expect((await agent.get('/v1/me')).status).toBe(200);
    portal.advance(29 * 60_000);
    expect((await agent.get('/v1/me')).status).toBe(200);
    portal.advance(31 * 60_000);
    expect((await agent.get('/v1/me')).status).toBe(401);
  });
});

describe('tokens of others', () => {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

  it.each([
    ['signed by another key', 'ES256'],
    ['not signed at all', 'none'],
  ])('are refused: %s', async (_, alg) => {
    const real = decodeJwt(await token('operator'));
    const forged =
      alg === 'none'
        ? `${encoded({ alg })}.${encoded(real)}.`
        : await new SignJWT(real)
            .setProtectedHeader({ alg, kid: 'test-key', typ: 'at+jwt' })
            .sign(newKey().privateKey);
    const answer = await api().get('/v1/me').set('Authorization', `Bearer ${forged}`);
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('unauthenticated');
  });

  it('are marked as access tokens of their own type', async () => {
    expect(decodeProtectedHeader(await token('operator'))).toEqual({
      alg: 'ES256',
      kid: 'test-key',
      typ: 'at+jwt',
    });
  });
});
