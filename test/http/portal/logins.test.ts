// Logins of investors and programs: asked for by one person, approved by another, then used.
import { decodeJwt, SignJWT } from 'jose';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { signInForToken } from '#libs/sign-in-client/sign-in-client.ts';
import { newKey, openPortal, password, type TestPortal } from './support/portal.ts';

let portal: TestPortal;
const tokens = new Map<string, string>();

beforeAll(async () => {
  portal = await openPortal();
  for (const username of ['registrar-maker', 'registrar-checker', 'operator', 'auditor']) {
    const request = { issuer: portal.issuer, username, password: password(username) };
    tokens.set(username, await signInForToken(request));
  }
});
afterAll(() => portal.close());

const as = (username: string) => `Bearer ${tokens.get(username)}`;

function post(username: string, path: string, body?: object, key: string = newUuid()) {
  return supertest(portal.url)
    .post(path)
    .set('Authorization', as(username))
    .set('Idempotency-Key', key)
    .send(body);
}

function get(username: string, path: string) {
  return supertest(portal.url).get(path).set('Authorization', as(username));
}

async function decide(approval: { id: string; payloadHash: string }, key?: string) {
  const { payloadHash } = approval;
  const decision = { payloadHash, decision: 'approve', opinion: 'seen' };
  const path = `/v1/approvals/${approval.id}/decisions`;
  return await post('registrar-checker', path, decision, key);
}

/** By browser: its access tokens follow the portal's clock, which a test moves. */
async function decideBySession(approval: { id: string; payloadHash: string }) {
  const username = 'registrar-checker';
  const agent = supertest.agent(portal.url);
  await agent
    .post('/signin')
    .type('form')
    .send({ username, password: password(username) });
  const { body } = await agent.get('/session');
  return await agent
    .post(`/v1/approvals/${approval.id}/decisions`)
    .set('Idempotency-Key', newUuid())
    .set('X-CSRF-Token', body.csrfToken)
    .send({ payloadHash: approval.payloadHash, decision: 'approve', opinion: 'seen' });
}

const knownSubject = (): string => {
  const subjectId = newUuid();
  portal.subjects.add(subjectId);
  return subjectId;
};

async function registered(username: string, subjectId = knownSubject()): Promise<string> {
  const asked = await post('registrar-maker', '/v1/investor-logins', { subjectId, username });
  expect(asked.status).toBe(202);
  const decided = await decide(asked.body.approval);
  expect(decided.status).toBe(200);
  return decided.body.approval.result.personId;
}

const codesOf = (personId: string) => `/v1/logins/${personId}/activation-codes`;
const activate = (code: string, secret: string) =>
  supertest(portal.url)
    .post('/v1/login-activations')
    .set('Idempotency-Key', newUuid())
    .send({ code, password: secret });

describe('an investor login (registerInvestorLogin, decideApproval)', () => {
  it('exists once a second person approves, and is used after activation', async () => {
    const subjectId = knownSubject();
    const personId = await registered('wang.xiaoming', subjectId);
    const issued = await post('registrar-maker', codesOf(personId));
    expect(issued.status).toBe(201);
    const activated = await activate(issued.body.code, 'a long and varied phrase');
    expect(activated.body).toEqual({ username: 'wang.xiaoming' });
    const accessToken = await signInForToken({
      issuer: portal.issuer,
      username: 'wang.xiaoming',
      password: 'a long and varied phrase',
    });
    expect(decodeJwt(accessToken)).toMatchObject({
      sub: personId,
      roles: ['investor'],
      subject_id: subjectId,
    });
  });

  it('does not exist before, nor after a return', async () => {
    const body = { subjectId: knownSubject(), username: 'li.si' };
    const asked = await post('registrar-maker', '/v1/investor-logins', body);
    const { id, payloadHash } = asked.body.approval;
    const decision = { payloadHash, decision: 'return', opinion: 'no' };
    const path = `/v1/approvals/${id}/decisions`;
    expect((await post('registrar-checker', path, decision)).body.approval.state).toBe('returned');
    const rows = await portal.db
      .selectFrom('person')
      .select('id')
      .where('username', '=', 'li.si')
      .execute();
    expect(rows).toEqual([]);
    const late = await decide(asked.body.approval);
    expect(late.body.code).toBe('approval-already-decided');
  });

  it('is refused for a subject that the registry does not know', async () => {
    const body = { subjectId: newUuid(), username: 'nobody.known' };
    const refused = await post('registrar-maker', '/v1/investor-logins', body);
    expect(refused.status).toBe(422);
    expect(refused.body.code).toBe('subject-unknown');
  });

  it('is one for each subject and user name, also when two requests wait at once', async () => {
    const subjectId = knownSubject();
    const ask = (username: string, of: string) =>
      post('registrar-maker', '/v1/investor-logins', { subjectId: of, username });
    const [first, second] = [await ask('zhao.liu', subjectId), await ask('zhao.six', subjectId)];
    const third = await ask('zhao.liu', knownSubject());
    expect((await decide(first.body.approval)).status).toBe(200);
    expect((await decide(second.body.approval)).body.code).toBe('subject-has-login');
    expect((await decide(third.body.approval)).body.code).toBe('username-taken');
    expect((await ask('zhao.liu', knownSubject())).body.code).toBe('username-taken');
    expect((await ask('zhao.new', subjectId)).body.code).toBe('subject-has-login');
  });

  it('binds the approval to the payload that was seen', async () => {
    const body = { subjectId: knownSubject(), username: 'sun.qi' };
    const asked = await post('registrar-maker', '/v1/investor-logins', body);
    const changed = { ...asked.body.approval, payloadHash: '0'.repeat(64) };
    expect((await decide(changed)).body.code).toBe('approval-payload-changed');
    portal.advance(8 * 86_400_000);
    const late = await decideBySession(asked.body.approval);
    portal.advance(-8 * 86_400_000);
    expect(late.body.code).toBe('approval-expired');
  });

  it('is not decided by the person who asked, whatever the roles', async () => {
    await portal.db
      .updateTable('person')
      .set({ roles: ['registrar.maker', 'registrar.checker'] })
      .where('username', '=', 'registrar-checker')
      .execute();
    const request = { issuer: portal.issuer, username: 'registrar-checker' };
    const secret = password('registrar-checker');
    tokens.set('registrar-checker', await signInForToken({ ...request, password: secret }));
    const body = { subjectId: knownSubject(), username: 'zhou.ba' };
    const asked = await post('registrar-checker', '/v1/investor-logins', body);
    expect((await decide(asked.body.approval)).body.code).toBe('approval-same-person');
  });
});

describe('an activation code (issueActivationCode, activateLogin)', () => {
  it('is the same for a repeated request, works once, and ends any older one', async () => {
    const personId = await registered('chen.yi');
    const key = newUuid();
    const first = await post('registrar-maker', codesOf(personId), undefined, key);
    const repeated = await post('registrar-maker', codesOf(personId), undefined, key);
    expect(repeated.body).toEqual(first.body);
    const newer = await post('registrar-maker', codesOf(personId));
    const secret = 'a long and varied phrase';
    expect((await activate(first.body.code, secret)).body.code).toBe('activation-code-invalid');
    expect((await activate(newer.body.code, secret)).status).toBe(200);
    expect((await activate(newer.body.code, secret)).body.code).toBe('activation-code-invalid');
  });

  it('is kept nowhere but in the answer of the request', async () => {
    const personId = await registered('chen.er');
    const { body } = await post('registrar-maker', codesOf(personId));
    const row = await portal.db
      .selectFrom('person')
      .select('activation_hash')
      .where('id', '=', personId)
      .executeTakeFirst();
    expect(row?.activation_hash?.toString('utf8')).not.toContain(body.code);
  });

  it('expires after a day', async () => {
    const personId = await registered('chen.san');
    const { body } = await post('registrar-maker', codesOf(personId));
    portal.advance(25 * 3_600_000);
    const late = await activate(body.code, 'a long and varied phrase');
    portal.advance(-25 * 3_600_000);
    expect(late.body.code).toBe('activation-code-invalid');
  });

  it.each([
    ['too short', 'short'],
    ['too long', 'ab'.repeat(65)],
    ['one character repeated', 'aaaaaaaaaaaaaaaa'],
    ['holding the user name', 'my chen.si phrase'],
  ])('sets no password that is %s', async (_, weak) => {
    const known = await portal.db
      .selectFrom('person')
      .select('id')
      .where('username', '=', 'chen.si')
      .executeTakeFirst();
    const personId = known?.id ?? (await registered('chen.si'));
    const { body } = await post('registrar-maker', codesOf(personId));
    const refused = await activate(body.code, weak);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'password-too-weak' });
  });

  it('is not for staff, nor for nobody', async () => {
    const { body } = await get('operator', '/v1/me');
    const staff = await post('registrar-maker', codesOf(body.id));
    expect(staff.body.code).toBe('login-not-for-activation');
    expect((await post('registrar-maker', codesOf(newUuid()))).status).toBe(404);
  });
});

describe('a program (registerProgram)', () => {
  const pem = (key: ReturnType<typeof newKey>) =>
    key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  const assertion = (clientId: string, key: ReturnType<typeof newKey>) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(portal.issuer)
      .setJti(newUuid())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key.privateKey);

  const requestToken = (jwt: string) =>
    supertest(portal.url).post('/oidc/token').type('form').send({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    });

  it('gets tokens with its roles by its own key, each assertion once', async () => {
    const key = newKey();
    const program = { name: 'nightly report', roles: ['auditor'], publicKeyPem: pem(key) };
    const asked = await post('operator', '/v1/programs', program);
    expect(asked.status).toBe(202);
    const { body } = await decide(asked.body.approval);
    const { clientId } = body.approval.result;
    const jwt = await assertion(clientId, key);
    const answer = await requestToken(jwt);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ expires_in: 300, token_type: 'Bearer' });
    const claims = decodeJwt(answer.body.access_token);
    expect(claims).toMatchObject({ sub: clientId, aud: 'quanji', roles: ['auditor'] });
    const me = await supertest(portal.url)
      .get('/v1/me')
      .set('Authorization', `Bearer ${answer.body.access_token}`);
    expect(me.body).toEqual({ id: clientId, name: 'nightly report', roles: ['auditor'] });
    expect((await requestToken(jwt)).status).toBe(401);
    expect((await requestToken(await assertion(clientId, newKey()))).status).toBe(401);
    expect((await requestToken(await assertion(newUuid(), key))).status).toBe(401);
  });

  it.each([
    ['no key', 'nonsense'],
    [
      'a private key',
      () => newKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['a broken key', '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----'],
  ])('is not registered with %s', async (_, given) => {
    const publicKeyPem = typeof given === 'string' ? given : given();
    const program = { name: 'x', roles: ['auditor'], publicKeyPem };
    const refused = await post('operator', '/v1/programs', program);
    expect(refused.body.code).toBe('program-key-invalid');
  });
});

describe('the approvals of the portal', () => {
  it('are listed by page (listApprovals) and read one by one (getApproval)', async () => {
    for (const username of ['page.one', 'page.two', 'page.three']) {
      const body = { subjectId: knownSubject(), username };
      await post('registrar-maker', '/v1/investor-logins', body);
    }
    const first = await get('auditor', '/v1/approvals?state=pending&limit=2');
    expect(first.body.items).toHaveLength(2);
    const cursor = encodeURIComponent(first.body.nextCursor);
    const second = await get('auditor', `/v1/approvals?state=pending&limit=2&cursor=${cursor}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const one = await get('auditor', `/v1/approvals/${ids[0]}`);
    expect(one.body.approval.payload).toMatchObject({ username: 'page.three' });
    expect((await get('auditor', `/v1/approvals/${newUuid()}`)).status).toBe(404);
    expect((await get('auditor', '/v1/approvals?cursor=nonsense')).body.code).toBe(
      'invalid-cursor',
    );
  });

  it('are for the roles that the contract names', async () => {
    const body = { subjectId: knownSubject(), username: 'qian.shi' };
    expect((await post('auditor', '/v1/investor-logins', body)).status).toBe(403);
    expect((await post('registrar-maker', '/v1/programs', {})).status).toBe(403);
    expect((await supertest(portal.url).get('/v1/approvals')).status).toBe(401);
  });
});
