// The proxy passes on what the contracts offer to people, and the documentation shows them.
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { signInForToken } from '#libs/sign-in-client/sign-in-client.ts';
import { openPortal, password, type TestPortal } from './support/portal.ts';

let portal: TestPortal;
let maker = '';
const api = () => supertest(portal.url);

beforeAll(async () => {
  portal = await openPortal();
  const username = 'registrar-maker';
  const request = { issuer: portal.issuer, username, password: password(username) };
  maker = `Bearer ${await signInForToken(request)}`;
});
afterEach(() => {
  portal.calls.splice(0);
});
afterAll(() => portal.close());

const subjectPath = () => `/api/registry/v1/subjects/${newUuid()}`;

describe('the proxy', () => {
  it('passes a call on as it came, with the trace, and the answer as it is', async () => {
    portal.answerWith((_call, res) => {
      res.writeHead(202, {
        'content-type': 'application/json',
        etag: '"v3"',
        'set-cookie': 'leak=1',
        'x-internal': 'host-7',
      });
      res.end('{"approval":{}}');
    });
    const answer = await api()
      .post('/api/registry/v1/subjects?dry=1')
      .set('Authorization', maker)
      .set('Idempotency-Key', 'key-1')
      .set('Accept-Language', 'en')
      .set('X-Forwarded-For', '10.0.0.1')
      .set('Cookie', 'quanji_session=none')
      .send({ name: '甲' });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ approval: {} });
    expect(answer.headers).toMatchObject({ etag: '"v3"' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).not.toHaveProperty('x-internal');
    const [call] = portal.calls;
    expect(call).toMatchObject({
      method: 'POST',
      url: '/v1/subjects?dry=1',
      body: '{"name":"甲"}',
    });
    expect(call?.headers).toMatchObject({
      authorization: maker,
      'idempotency-key': 'key-1',
      'accept-language': 'en',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-/),
    });
    expect(call?.headers).not.toHaveProperty('cookie');
    expect(call?.headers).not.toHaveProperty('x-forwarded-for');
  });

  it('turns a session into an access token, and needs the CSRF token for a change', async () => {
    portal.answerWith((_call, res) => {
      res.setHeader('content-type', 'application/json').end('{}');
    });
    const agent = supertest.agent(portal.url);
    const username = 'registrar-maker';
    await agent
      .post('/signin')
      .type('form')
      .send({ username, password: password(username) });
    expect((await agent.get(subjectPath())).status).toBe(200);
    expect(portal.calls[0]?.headers['authorization']).toMatch(/^Bearer ey/);
    expect(portal.calls[0]?.headers).not.toHaveProperty('cookie');
    const post = () => agent.post('/api/registry/v1/subjects').set('Idempotency-Key', 'k').send({});
    expect((await post()).body.code).toBe('csrf-token-invalid');
    const { body } = await agent.get('/session');
    expect((await post().set('X-CSRF-Token', body.csrfToken)).status).toBe(200);
    expect(portal.calls).toHaveLength(2);
  });

  it.each([
    ['an operation for services only', 'post', '/api/registry/v1/deliveries', 404],
    ['a path that no contract has', 'get', '/api/registry/v1/nothing', 404],
    ['a service that does not exist', 'get', '/api/bank/v1/subjects', 404],
    ['the health of a service', 'get', '/api/registry/readyz', 404],
    ['a way out of the path', 'get', '/api/registry/v1/subjects/%2e%2e%2fdeliveries', 404],
    ['a method that the contract has not', 'delete', '/api/registry/v1/subjects', 405],
  ] as const)('refuses %s before any service is called', async (_, method, path, status) => {
    const answer = await api()[method](path).set('Authorization', maker);
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json');
    expect(portal.calls).toEqual([]);
  });

  it('refuses who is not signed in, and who has not the role', async () => {
    expect((await api().get(subjectPath())).body.code).toBe('unauthenticated');
    const answer = await api().get('/api/settlement/v1/approvals').set('Authorization', maker);
    expect(answer.body.code).toBe('forbidden');
    expect(portal.calls).toEqual([]);
  });

  it('lets anybody read what is public', async () => {
    portal.answerWith((_call, res) => {
      res.setHeader('content-type', 'application/json').end('[]');
    });
    expect((await api().get('/api/chain-sequencer/rpc/v1/networks')).status).toBe(200);
    expect(portal.calls).toHaveLength(1);
  });

  it('bounds the body by the contract', async () => {
    const post = (path: string, body: Buffer) =>
      api()
        .post(path)
        .set('Authorization', maker)
        .set('Content-Type', 'application/octet-stream')
        .set('Idempotency-Key', newUuid())
        .send(body);
    const large = Buffer.alloc(300 * 1024);
    const refused = await post('/api/registry/v1/subjects', large);
    expect(refused.status).toBe(413);
    expect(refused.body.code).toBe('body-too-large');
    expect(portal.calls).toEqual([]);
    const passed = await post('/api/registry/v1/documents?fileName=a.pdf', large);
    expect(passed.status).toBe(200);
  });

  it('says so when a service does not answer', async () => {
    const answer = await api().get('/api/chain-follower/rpc/v1/networks');
    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe('service-unavailable');
    portal.answerWith((_call, res) => {
      res.destroy();
    });
    expect((await api().get(subjectPath()).set('Authorization', maker)).status).toBe(503);
  });

  it('passes problems on as they are', async () => {
    portal.answerWith((_call, res) => {
      res.writeHead(409, { 'content-type': 'application/problem+json' });
      res.end('{"code":"subject-already-registered"}');
    });
    const answer = await api().get(subjectPath()).set('Authorization', maker);
    expect(answer.status).toBe(409);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.code).toBe('subject-already-registered');
  });
});

describe('the documentation', () => {
  it('is served from here under a strict policy, and asks for nothing elsewhere', async () => {
    const page = await api().get('/docs/');
    expect(page.status).toBe(200);
    const policy = page.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toMatch(/https?:\/\//);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts.length).toBeGreaterThan(8);
    for (const part of parts) expect([part, (await api().get(part)).status]).toEqual([part, 200]);
    const script = await api().get('/docs/viewer.js');
    expect(script.text).not.toMatch(/https?:\/\//);
    expect(script.type).toBe('text/javascript');
  });

  it('has every contract, with the address of the proxy', async () => {
    const names = ['portal', 'registry', 'settlement', 'regulator-link', 'chain-sequencer'];
    for (const name of names) {
      const { body, status } = await api().get(`/docs/contracts/${name}.json`);
      expect(status).toBe(200);
      expect(body.openapi).toBe('3.1.0');
      expect(body.servers).toEqual([{ url: name === 'portal' ? '/' : `/api/${name}` }]);
    }
    expect((await api().get('/docs/contracts/none.json')).status).toBe(404);
    expect((await api().get('/docs')).headers['location']).toBe('/docs/');
  });
});

describe('the portal itself', () => {
  it('says that it is alive and ready', async () => {
    expect((await api().get('/livez')).body).toEqual({ live: true });
    expect((await api().get('/readyz')).body).toEqual({ ready: true, checks: { database: true } });
  });

  it('shows its home page and its style', async () => {
    expect((await api().get('/')).text).toContain('href="/signin"');
    expect((await api().get('/assets/portal.css')).type).toBe('text/css');
  });

  it('answers what it does not know with a problem in the language asked for', async () => {
    const answer = await api().get('/nowhere').set('Accept-Language', 'en');
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'not-found', title: 'Not found' });
  });

  it('limits how often one address may sign in or activate', async () => {
    const strict = await openPortal({ signIns: 3, calls: 1_000 });
    try {
      const attempt = () =>
        supertest(strict.url).post('/signin').type('form').send({ username: 'x', password: 'y' });
      const answers = [await attempt(), await attempt(), await attempt(), await attempt()];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
      expect(answers[3]?.body.code).toBe('too-many-requests');
      expect(answers[3]?.headers).toHaveProperty('ratelimit');
    } finally {
      await strict.close();
    }
  });
});
