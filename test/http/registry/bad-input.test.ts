// Bad input for every operation that takes some: a problem of the catalogue, never a 5xx.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { companyBody, evidenceBody, issuerBody, personBody } from './market.ts';
import { type Caller, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

let http: RegistryHttp;
let maker: Caller;
let checker: Caller;
const id = '0192f000-0000-7000-8000-000000000001';
const hash = 'a'.repeat(64);

beforeAll(async () => {
  http = await openRegistryHttp();
  maker = await http.as(['registrar.maker']);
  checker = await http.as(['registrar.checker']);
});
afterAll(() => http.close());

type Body = Record<string, unknown>;

/** Each operation with a body that the contract takes. */
const bodies: Readonly<Record<string, readonly [target: string, body: Body]>> = {
  registerSubject: ['/v1/subjects', personBody(1)],
  searchSubjects: [
    '/v1/subject-searches',
    { certificateType: 'uscc', certificateNumber: companyBody(1).certificateNumber },
  ],
  addSuitabilityEvidence: [`/v1/subjects/${id}/suitability-evidence`, evidenceBody(id)],
  onboardIssuer: ['/v1/issuers', issuerBody(id, 1, id)],
  grantHolderExemption: [
    `/v1/securities/${id}/holder-exemptions`,
    { basis: 'b', cap: 300, validFrom: '2026-11-24', validUntil: '2027-11-24', documentId: id },
  ],
  openAccounts: ['/v1/accounts', { subjectId: id }],
  setRuleParameter: [
    '/v1/rule-parameters',
    { rule: 'R8', name: 'holders-max', value: '1', validFrom: '2027-01-04', basis: 'b' },
  ],
  enterCalendarDays: [
    '/v1/calendar-days',
    { source: 's', days: [{ date: '2027-01-04', open: false }] },
  ],
  openBusinessDay: ['/v1/business-days', { businessDate: '2026-11-25' }],
  startRosterImport: ['/v1/roster-imports', { securityId: id, documentId: id }],
  postRosterImport: [`/v1/roster-imports/${id}/postings`, { contentHash: hash }],
  reverseRosterImport: [`/v1/roster-imports/${id}/reversals`, { reason: 'r' }],
  correctObject: [
    '/v1/object-corrections',
    { objectId: `SUB-${id}`, version: '0', operation: 'overwrite', reason: 'r' },
  ],
  decideApproval: [
    `/v1/approvals/${id}/decisions`,
    { payloadHash: hash, decision: 'approve', opinion: 'o' },
  ],
};

const send = (operation: string, body: unknown, headers?: Record<string, string>) => {
  const [target] = bodies[operation] ?? ['', {}];
  return (operation === 'decideApproval' ? checker : maker).post(target, body, headers);
};

const expectProblem = (
  answer: { status: number; body: { code: string; errors?: unknown[] } },
  expected: { status: number; code?: string },
) => {
  expect(answer.status).toBe(expected.status);
  expect(Object.keys(problemCatalogue)).toContain(answer.body.code);
  if (expected.code !== undefined) expect(answer.body.code).toBe(expected.code);
};

const operations = Object.entries(bodies);

describe.each(operations)('%s', (operation, [, body]) => {
  const members = Object.keys(body);

  it('refuses a field that the contract does not know', async () => {
    expectProblem(await send(operation, { ...body, extra: 1 }), { status: 400 });
  });

  it('refuses a body that is no object, malformed, or 10,000 deep', async () => {
    for (const broken of ['[]', '"x"', 'null', '{"a":', '', '\u0000']) {
      expectProblem(await send(operation, broken), { status: 400 });
    }
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expectProblem(await send(operation, deep), { status: 400, code: 'malformed-json' });
  });

  it('refuses a wrong type, a value beyond 2^63 and an over-long one in every member', async () => {
    for (const member of members) {
      for (const value of [{}, [], null, -1, 2 ** 63, 'x'.repeat(5_000)]) {
        // An array is what some members are; an empty one is still too short.
        expectProblem(await send(operation, { ...body, [member]: value }), { status: 400 });
      }
    }
  });

  it('refuses a member that is missing', async () => {
    const optional = ['phone', 'address', 'amountFen'];
    for (const member of members.filter((name) => !optional.includes(name))) {
      const { [member]: _, ...rest } = body;
      expectProblem(await send(operation, rest), { status: 400 });
    }
  });
});

describe.each(operations.filter(([operation]) => operation !== 'searchSubjects'))(
  'the idempotency key of %s',
  (operation, [, body]) => {
    it('is needed, and serves one request only', async () => {
      expectProblem(await send(operation, body, { 'idempotency-key': '' }), {
        status: 400,
        code: 'idempotency-key-missing',
      });
    });
  },
);

describe('an idempotency key', () => {
  it('that served another request is refused', async () => {
    const key = { 'idempotency-key': newUuid() };
    expect((await send('registerSubject', personBody(50), key)).status).toBe(202);
    expectProblem(await send('registerSubject', personBody(51), key), {
      status: 422,
      code: 'idempotency-key-reused',
    });
  });
});

describe('quantities and amounts', () => {
  const offer = (product: Body) => {
    const body = issuerBody(id, 1, id);
    return { ...body, product: { ...body.product, ...product } };
  };

  it.each(['0', '-1', '9007199254740992', '9223372036854775808', '1.5', '1e3', '', ' 1', '01'])(
    'refuse the issued capital %j',
    async (issuedCapital) => {
      expectProblem(await send('onboardIssuer', offer({ issuedCapital })), { status: 400 });
    },
  );

  it('take 2^53 - 1 shares', async () => {
    const answer = await send('onboardIssuer', offer({ issuedCapital: '9007199254740991' }));
    expectProblem(answer, { status: 422, code: 'subject-not-found' });
  });

  it.each(['0', '1000000000000000', '-5'])('refuse %j fen', async (registeredCapitalFen) => {
    expectProblem(await send('onboardIssuer', offer({ registeredCapitalFen })), { status: 400 });
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', 'today'])('refuse the date %j', async (date) => {
    expectProblem(await send('openBusinessDay', { businessDate: date }), { status: 400 });
  });

  it.each(['0', '-1', '9007199254740992'])('refuse a preview of %s shares', async (quantity) => {
    const query = `securityId=${id}&sellerAccountId=${id}&buyerAccountId=${id}&natureCode=0`;
    const answer = await maker.get(`/v1/transfer-previews?${query}&quantity=${quantity}`);
    expectProblem(answer, { status: 400 });
  });
});

describe('reads', () => {
  it.each([
    '/v1/subjects/not-an-id',
    '/v1/accounts/1',
    '/v1/securities/%00',
    '/v1/jobs/x',
    '/v1/roster-imports/x',
    '/v1/approvals/x',
    '/v1/subjects?limit=0',
    '/v1/subjects?limit=201',
    '/v1/subjects?cursor=x',
    '/v1/subjects?unknown=1',
    '/v1/calendar-days?from=2026-01-01',
    '/v1/calendar-days?from=x&until=y',
    '/v1/transfer-previews',
    '/v1/documents/x',
  ])('%s is refused', async (target) => {
    const answer = await maker.get(target);
    expect([400, 404]).toContain(answer.status);
    expect(Object.keys(problemCatalogue)).toContain(answer.body.code);
  });

  it.each(['/v1/jobs', '/v1/roster-imports', '/v1/approvals'])(
    '%s of an unknown id is 404',
    async (path) => {
      expectProblem(await maker.get(`${path}/${id}`), { status: 404, code: 'not-found' });
    },
  );
});

describe('an upload', () => {
  it('refuses another media type, a missing name and more than 10 MiB', async () => {
    const bytes = Buffer.from('x');
    const json = await maker.postBytes('/v1/documents?fileName=a', bytes, 'application/json');
    expectProblem(json, { status: 415 });
    const nameless = await maker.postBytes('/v1/documents', bytes, 'application/octet-stream');
    expectProblem(nameless, { status: 400 });
    const big = Buffer.alloc(10 * 1024 * 1024 + 1);
    const target = '/v1/documents?fileName=a';
    expectProblem(await maker.postBytes(target, big, 'application/octet-stream'), { status: 413 });
  });
});

describe('callers', () => {
  it.each([
    ['investor', '/v1/subjects'],
    ['regulator', '/v1/documents/0192f000-0000-7000-8000-000000000001'],
    ['operator', '/v1/approvals'],
    ['settlement.maker', '/v1/roster-template'],
  ])('%s are not admitted to %s', async (role, target) => {
    const caller = await http.as([role]);
    expectProblem(await caller.get(target), { status: 403, code: 'forbidden' });
  });
});

describe('problems', () => {
  it('are told in Chinese and in English', async () => {
    const body = companyBody(60);
    const wrong = { ...body, certificateNumber: `${body.certificateNumber.slice(0, 17)}!` };
    const zh = await send('registerSubject', wrong, { 'accept-language': 'zh-CN' });
    const en = await send('registerSubject', wrong, { 'accept-language': 'en' });
    expect(zh.body.title).toBe('证件号码无效');
    expect(en.body.title).toBe('The certificate number is not valid');
  });
});
