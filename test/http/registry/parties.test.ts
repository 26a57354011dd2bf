// Subjects, documents, issuers and accounts over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { isProblemCode } from '#libs/problem/problem.ts';
import { residentIdOf, usccOf } from '../../store/registry/registry-acts.ts';
import {
  companyBody,
  evidenceBody,
  issuerBody,
  newInvestor,
  newIssue,
  personBody,
} from './market.ts';
import { type Caller, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

let http: RegistryHttp;
let maker: Caller;
const unknown = '0192f000-0000-7000-8000-000000000001';

beforeAll(async () => {
  http = await openRegistryHttp();
  maker = await http.as(['registrar.maker']);
});
afterAll(() => http.close());

/** The code of the problem, which has come with the status that the catalogue gives it. */
const codeOf = async (target: string, body: unknown): Promise<string> => {
  const { status, body: problem } = await maker.post(target, body);
  const code: string = problem.code;
  expect(isProblemCode(code) && problemCatalogue[code].status).toBe(status);
  return code;
};

describe('registerSubject and getSubject', () => {
  it('show a person masked, an organisation whole', async () => {
    const person = await http.change('/v1/subjects', personBody(1));
    const shown = await maker.get(`/v1/subjects/${person.subjectId}`);
    expect(shown.body).toMatchObject({
      name: '张**',
      phone: '138****5678',
      certificateNumber: `${residentIdOf(1).slice(0, 6)}********${residentIdOf(1).slice(14)}`,
      version: '0',
    });
    const company = await http.change('/v1/subjects', companyBody(1001));
    const other = await maker.get(`/v1/subjects/${company.subjectId}`);
    expect(other.body).toMatchObject({ name: '示范企业1001有限公司', region: '330100' });
  });

  it('refuse a second subject of one certificate, at the request already', async () => {
    await http.change('/v1/subjects', personBody(2));
    expect(await codeOf('/v1/subjects', personBody(2))).toBe('subject-already-registered');
  });

  it.each([
    [{ ...personBody(3), certificateNumber: '110105194912310021' }, 'certificate-number-invalid'],
    [{ ...personBody(3), certificateType: 'uscc' }, 'certificate-type-not-for-nature'],
    [{ ...companyBody(3), nature: 'partnership' }, 'beneficial-owners-required'],
    [
      {
        ...companyBody(3),
        beneficialOwners: [
          {
            name: '张三',
            certificateType: 'resident-id',
            certificateNumber: residentIdOf(3),
            ratio: '1',
          },
        ],
      },
      'beneficial-owners-not-applicable',
    ],
  ])('refuse %j', async (body, code) => {
    expect(await codeOf('/v1/subjects', body)).toBe(code);
  });

  it('answer an investor who asks for another exactly as for nobody', async () => {
    const own = await newInvestor(http, 4);
    const other = await newInvestor(http, 5);
    const investor = await http.as(['investor'], { subjectId: own.subjectId });
    expect((await investor.get(`/v1/subjects/${own.subjectId}`)).status).toBe(200);
    const others = await investor.get(`/v1/subjects/${other.subjectId}`);
    const nobody = await investor.get(`/v1/subjects/${unknown}`);
    expect(others.status).toBe(404);
    const { instance: _, traceId: __, ...problem } = others.body;
    expect(nobody.body).toMatchObject(problem);
  });
});

describe('listSubjects and searchSubjects', () => {
  it('page through all and find one by its certificate', async () => {
    const first = await maker.get('/v1/subjects?limit=2');
    const second = await maker.get(`/v1/subjects?limit=2&cursor=${first.body.nextCursor}`);
    const ids = [...first.body.items, ...second.body.items].map((item) => item.subjectId);
    expect(new Set(ids).size).toBe(4);
    const found = await maker.post('/v1/subject-searches', {
      certificateType: 'resident-id',
      certificateNumber: residentIdOf(1).toLowerCase(),
    });
    expect(found.body.items).toHaveLength(1);
  });

  it('refuse a cursor of another query', async () => {
    const first = await maker.get('/v1/subjects?limit=1');
    const answer = await maker.get(`/v1/subjects?role=issuer&cursor=${first.body.nextCursor}`);
    expect(answer.body.code).toBe('invalid-cursor');
  });
});

describe('uploadDocument and getDocument', () => {
  it('give the bytes back, and record who read them', async () => {
    const documentId = await http.upload(Buffer.from('内容'), '协议.pdf');
    const { bytes } = await maker.getBytes(`/v1/documents/${documentId}`);
    expect(bytes.toString()).toBe('内容');
    const { rows } = await http.store.query(
      `select action from audit_record where target = $1 order by at, action`,
      [`document:${documentId}`],
    );
    expect(rows.map((row) => row.action)).toEqual(['document-read', 'document-stored']);
  });

  it('refuse an empty document, and know no other', async () => {
    const target = '/v1/documents?fileName=a.pdf';
    const answer = await maker.postBytes(target, new Uint8Array(), 'application/octet-stream');
    expect(answer.body.code).toMatch(/document-empty|malformed-request/);
    expect((await maker.getBytes(`/v1/documents/${unknown}`)).status).toBe(404);
  });

  it('stores no byte of a document in clear', async () => {
    const secret = 'secret canary of a document';
    const documentId = await http.upload(Buffer.from(secret));
    const { rows } = await http.store.query(
      'select position($2::bytea in content_cipher) as at from document where id = $1',
      [documentId, Buffer.from(secret)],
    );
    expect(rows).toEqual([{ at: 0 }]);
  });
});

describe('addSuitabilityEvidence', () => {
  it('shows on the subject and makes it an investor', async () => {
    const { subjectId } = await http.change('/v1/subjects', personBody(10));
    const documentId = await http.upload(Buffer.from('proof'));
    const target = `/v1/subjects/${subjectId}/suitability-evidence`;
    await http.change(target, evidenceBody(documentId));
    const shown = await maker.get(`/v1/subjects/${subjectId}`);
    expect(shown.body).toMatchObject({
      version: '1',
      roles: ['investor'],
      evidence: [{ condition: 'financial-assets', amountFen: '50000000' }],
    });
  });

  it.each([
    [{ documentId: unknown }, 'document-not-found'],
    [{ amountFen: undefined }, 'suitability-evidence-incomplete'],
    [{ validUntil: '2026-11-24' }, 'suitability-period-invalid'],
  ])('refuses %j', async (more, code) => {
    const { subjectId } = (await maker.get('/v1/subjects?limit=1')).body.items[0];
    const documentId = await http.upload(Buffer.from('proof'));
    const target = `/v1/subjects/${subjectId}/suitability-evidence`;
    expect(await codeOf(target, evidenceBody(documentId, more))).toBe(code);
  });

  it('refuses an unknown subject', async () => {
    const documentId = await http.upload(Buffer.from('proof'));
    const target = `/v1/subjects/${unknown}/suitability-evidence`;
    expect(await codeOf(target, evidenceBody(documentId))).toBe('subject-not-found');
  });
});

describe('onboardIssuer, listSecurities, getSecurity', () => {
  it('show the security with its issuer', async () => {
    const securityId = await newIssue(http, 1020);
    const shown = await maker.get(`/v1/securities/${securityId}`);
    expect(shown.body).toMatchObject({
      code: 'ZJ001020T.S2601',
      issuerName: '示范企业1020有限公司',
      issuedCapital: '1000',
      status: 'active',
    });
    const listed = await maker.get('/v1/securities?limit=1');
    expect(listed.body.items).toEqual([shown.body]);
    expect((await maker.get(`/v1/securities/${unknown}`)).status).toBe(404);
  });

  it.each<[string, (body: ReturnType<typeof issuerBody>) => object, string]>([
    ['an unknown subject', (body) => ({ ...body, subjectId: unknown }), 'subject-not-found'],
    [
      'a code of another region',
      (body) => ({ ...body, companyCode: 'SH000001T' }),
      'company-code-invalid',
    ],
    [
      'a product of another company',
      (body) => ({ ...body, product: { ...body.product, code: 'ZJ999999T.S2601' } }),
      'product-code-invalid',
    ],
    [
      'an unknown agreement',
      (body) => ({ ...body, product: { ...body.product, agreementDocumentId: unknown } }),
      'document-not-found',
    ],
    [
      'a private bond, by R1',
      (body) => ({ ...body, product: { ...body.product, productType: 'private-bond' } }),
      'onboarding-refused',
    ],
    [
      'an issuer twice',
      (body) => ({
        ...body,
        companyCode: 'ZJ001020T',
        product: { ...body.product, code: 'ZJ001020T.S2602' },
      }),
      'issuer-already-onboarded',
    ],
  ])('refuse %s', async (_, edit, expected) => {
    const identity = { certificateType: 'uscc', certificateNumber: usccOf(1001) };
    const { items } = (await maker.post('/v1/subject-searches', identity)).body;
    const agreement = await http.upload(Buffer.from('agreement'));
    const body = edit(issuerBody(items[0].subjectId, 1021, agreement));
    expect(await codeOf('/v1/issuers', body)).toBe(expected);
  });

  it('refuse a person as an issuer', async () => {
    const { subjectId } = await http.change('/v1/subjects', personBody(11));
    const agreement = await http.upload(Buffer.from('agreement'));
    const code = await codeOf('/v1/issuers', issuerBody(subjectId, 1022, agreement));
    expect(code).toBe('subject-not-organisation');
  });

  it('tells every finding with rule, parameter and observed value', async () => {
    const body = { ...companyBody(1030), region: '310104' };
    const { subjectId } = await http.change('/v1/subjects', body);
    const agreement = await http.upload(Buffer.from('agreement'));
    const offer = issuerBody(subjectId, 1030, agreement);
    const product = { ...offer.product, productType: 'private-bond' };
    const answer = await maker.post('/v1/issuers', { ...offer, product });
    expect(answer.body.errors).toMatchObject([
      { code: 'product-type-not-permitted', params: { rule: 'R1', parameter: 'share' } },
      {
        code: 'issuer-outside-region',
        params: { rule: 'R2', parameter: '33', observed: '310104' },
      },
    ]);
  });
});

describe('grantHolderExemption', () => {
  const body = (documentId: string, more = {}) => ({
    basis: '商业银行股权托管办法',
    cap: 300,
    validFrom: '2026-11-24',
    validUntil: '2027-11-24',
    documentId,
    ...more,
  });

  it('stands on the security while it is in force (R9)', async () => {
    const securityId = await newIssue(http, 1040);
    const documentId = await http.upload(Buffer.from('approval'));
    const target = `/v1/securities/${securityId}/holder-exemptions`;
    await http.change(target, body(documentId));
    const shown = await maker.get(`/v1/securities/${securityId}`);
    expect(shown.body.exemption).toMatchObject({ cap: 300, validUntil: '2027-11-24' });
    const over = body(documentId, { validUntil: '2026-11-24' });
    expect(await codeOf(target, over)).toBe('exemption-period-invalid');
    expect(await codeOf(target, body(unknown))).toBe('document-not-found');
    const other = `/v1/securities/${unknown}/holder-exemptions`;
    expect(await codeOf(other, body(documentId))).toBe('security-not-found');
  });
});

describe('openAccounts, listAccounts, getAccount', () => {
  it('open one pair an investor, shown to the investor alone', async () => {
    const own = await newInvestor(http, 20);
    const other = await newInvestor(http, 21);
    const again = await codeOf('/v1/accounts', { subjectId: own.subjectId });
    expect(again).toBe('accounts-already-open');
    expect(await codeOf('/v1/accounts', { subjectId: unknown })).toBe('subject-not-found');
    const investor = await http.as(['investor'], { subjectId: own.subjectId });
    const listed = await investor.get('/v1/accounts');
    expect(listed.body.items.map((item: { accountId: string }) => item.accountId).sort()).toEqual(
      [own.accountId, own.fundAccountId].sort(),
    );
    const others = await investor.get(`/v1/accounts?subjectId=${other.subjectId}`);
    expect(others.body.items).toEqual([]);
    expect((await investor.get(`/v1/accounts/${other.accountId}`)).status).toBe(404);
    const fund = await investor.get(`/v1/accounts/${own.fundAccountId}`);
    expect(fund.body).toMatchObject({ kind: 'fund', linkedAccountId: own.accountId });
  });

  it('answer settlement, and no service without admission', async () => {
    const { accountId } = await newInvestor(http, 22);
    const target = `/v1/accounts/${accountId}`;
    expect((await http.service('settlement', 'GET', target)).status).toBe(200);
    expect((await http.service('supervisory-chain', 'GET', target)).status).toBe(403);
  });
});

describe('recordInvestorCode', () => {
  it('posts the next version once, whatever keys the calls carry', async () => {
    const { subjectId } = await newInvestor(http, 30);
    const body = (more = {}) => ({
      subjectObjectId: `SUB-${subjectId}`,
      subjectVersion: '1',
      investorCode: 'Q000000030',
      resultHash: 'a'.repeat(64),
      ...more,
    });
    const record = (more = {}) =>
      http.service('regulator-link', 'POST', '/v1/investor-codes', body(more));
    const first = await record();
    expect(first.body).toEqual({ objectId: `SUB-${subjectId}`, version: '2' });
    expect((await record()).body).toEqual(first.body);
    expect((await record({ investorCode: 'Q000000031' })).body.code).toBe('investor-code-conflict');
    expect((await record({ subjectVersion: '9' })).body.code).toBe('subject-version-unknown');
    const other = { subjectObjectId: `SUB-${unknown}` };
    expect((await record(other)).body.code).toBe('subject-not-found');
    const shown = await maker.get(`/v1/subjects/${subjectId}`);
    expect(shown.body.investorCode).toBe('Q000000030');
  });

  it('admits the link alone', async () => {
    expect((await maker.post('/v1/investor-codes', {})).status).toBe(403);
  });
});
