// Rule parameters, calendar, business day and the preview of a transfer over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { isProblemCode } from '#libs/problem/problem.ts';
import { evidenceBody, type Investor, issueTo, newInvestor, newIssue } from './market.ts';
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

describe('listShareNatures', () => {
  it('tells which nature may be traded', async () => {
    const { items } = (await maker.get('/v1/share-natures')).body;
    expect(items).toHaveLength(59);
    const tradable = items.filter((item: { tradable: boolean }) => item.tradable);
    expect(tradable).toMatchObject([{ code: '0', labelZh: '流通股' }]);
  });
});

describe('setRuleParameter and listRuleParameters', () => {
  const body = (more = {}) => ({
    rule: 'R8',
    name: 'holders-max',
    value: '150',
    validFrom: '2026-12-01',
    basis: '市场公告',
    ...more,
  });

  it('set a value from a day on, once', async () => {
    await http.change('/v1/rule-parameters', body());
    const { items } = (await maker.get('/v1/rule-parameters')).body;
    expect(items).toContainEqual(
      expect.objectContaining({ value: '150', setBy: expect.any(String) }),
    );
    expect(await codeOf('/v1/rule-parameters', body())).toBe('rule-parameter-date-taken');
  });

  it.each([
    [{ validFrom: '2026-11-23' }, 'rule-parameter-in-past'],
    [{ name: 'no-such' }, 'rule-parameter-unknown'],
    [{ value: 'many' }, 'rule-parameter-value-invalid'],
  ])('refuse %j', async (more, code) => {
    expect(await codeOf('/v1/rule-parameters', body(more))).toBe(code);
  });
});

describe('listCalendarDays and enterCalendarDays', () => {
  it('enter the notice of a year and mark its days decided', async () => {
    const days = [{ date: '2027-02-11', open: false }];
    await http.change('/v1/calendar-days', { source: '国办发明电〔2026〕X号', days });
    const target = '/v1/calendar-days?from=2027-02-11&until=2027-02-12';
    expect((await maker.get(target)).body.items).toMatchObject([
      { date: '2027-02-11', open: false, provisional: false },
      { date: '2027-02-12', open: true, provisional: true },
    ]);
  });

  it.each([
    [[{ date: '2026-11-24', open: false }], 'calendar-day-past'],
    [[{ date: '2027-02-13', open: true }], 'calendar-day-weekend'],
    [[{ date: '2031-01-01', open: false }], 'calendar-day-gap'],
    [
      [
        { date: '2027-02-11', open: false },
        { date: '2027-02-11', open: false },
      ],
      'calendar-day-repeated',
    ],
  ])('refuse %j', async (days, code) => {
    expect(await codeOf('/v1/calendar-days', { source: 's', days })).toBe(code);
  });

  it.each(['from=2027-02-12&until=2027-02-11', 'from=2020-01-01&until=2022-01-01'])(
    'refuse the range %s',
    async (range) => {
      const answer = await maker.get(`/v1/calendar-days?${range}`);
      expect(answer.body.code).toBe('calendar-range-invalid');
    },
  );
});

describe('previewTransfer', () => {
  let securityId: string;
  let seller: Investor;
  let newcomer: Investor;
  const preview = async (more: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      securityId,
      sellerAccountId: seller.accountId,
      buyerAccountId: newcomer.accountId,
      natureCode: '0',
      quantity: '10',
      ...more,
    });
    return maker.get(`/v1/transfer-previews?${query}`, { 'accept-language': 'en' });
  };

  beforeAll(async () => {
    securityId = await newIssue(http, 2001);
    seller = await newInvestor(http, 101);
    newcomer = await newInvestor(http, 102);
    await issueTo(http, securityId, seller.accountId);
  });

  it('tells R10, R11 and the shortage at once, each with parameter and observed value', async () => {
    const answer = await preview({ quantity: '1001' });
    expect(answer.body).toMatchObject({
      allowed: false,
      businessDate: '2026-11-24',
      findings: [
        { rule: 'R10', params: { parameter: '50000000', observed: 'none' } },
        { rule: 'R11', params: { parameter: '24', observed: 'none' } },
        {
          rule: 'POSITION',
          code: 'insufficient-available-shares',
          params: { parameter: '1001', observed: '1000' },
          detail: '1000 shares are available; 1001 are needed.',
        },
      ],
    });
  });

  it('allows what breaks no rule', async () => {
    const target = `/v1/subjects/${newcomer.subjectId}/suitability-evidence`;
    const documentId = await http.upload(Buffer.from('proof'));
    await http.change(target, evidenceBody(documentId));
    const experience = { condition: 'investment-experience', amountFen: undefined, months: 24 };
    await http.change(target, evidenceBody(documentId, experience));
    expect((await preview()).body).toMatchObject({ allowed: true, findings: [] });
  });

  it('answers settlement as well', async () => {
    const sides = `sellerAccountId=${seller.accountId}&buyerAccountId=${newcomer.accountId}`;
    const query = `securityId=${securityId}&${sides}&natureCode=0&quantity=1`;
    const answer = await http.service('settlement', 'GET', `/v1/transfer-previews?${query}`);
    expect(answer.body.allowed).toBe(true);
  });

  it.each([
    [{ securityId: unknown }, 'security-not-found'],
    [{ buyerAccountId: unknown }, 'account-not-found'],
    [{ natureCode: '77' }, 'nature-unknown'],
  ])('refuses %j', async (more, code) => {
    expect((await preview(more)).body.code).toBe(code);
  });
});

describe('openBusinessDay and getBusinessDay', () => {
  it.each([
    ['2026-11-24', 'business-day-not-later'],
    ['2026-11-28', 'business-day-not-trading-day'],
    ['2030-01-02', 'calendar-does-not-cover-date'],
  ])('refuse %s', async (businessDate, code) => {
    expect(await codeOf('/v1/business-days', { businessDate })).toBe(code);
  });

  it('close the day before', async () => {
    await http.change('/v1/business-days', { businessDate: '2026-11-25' });
    const { body } = await maker.get('/v1/business-day');
    expect(body).toMatchObject({ businessDate: '2026-11-25', state: 'open' });
    const { rows } = await http.store.query(
      'select count(*)::int as days, count(closed_at)::int as closed from business_day',
    );
    expect(rows).toEqual([{ days: 2, closed: 1 }]);
  });
});

describe('a registry whose first day is not open', () => {
  it('refuses changes and answers getBusinessDay with the reason', async () => {
    const closed = await openRegistryHttp({ isDayOpen: false });
    try {
      const person = await closed.as(['registrar.maker']);
      expect((await person.get('/v1/business-day')).body.code).toBe('business-day-not-open');
      const answer = await person.post('/v1/accounts', { subjectId: unknown });
      expect(answer.body.code).toBe('business-day-not-open');
      const opened = await closed.change('/v1/business-days', { businessDate: '2026-11-24' });
      expect(opened).toEqual({ businessDate: '2026-11-24' });
    } finally {
      await closed.close();
    }
  });
});
