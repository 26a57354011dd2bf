// What every call of a service goes through: admission, limits, validation, faults, health.
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { openSampleService, type SampleService } from './sample-service.ts';

let service: SampleService;
let maker: string;

beforeAll(async () => {
  service = await openSampleService();
  maker = await service.callers.person({ roles: ['registrar.maker'] });
});
afterAll(async () => {
  await service.close();
});

const note = { title: 'First', quantity: '100' };

const write = (body: object | string): request.Test =>
  request(service.app)
    .post('/v1/notes')
    .set('Authorization', maker)
    .set('Idempotency-Key', newUuid())
    .set('Content-Type', 'application/json')
    .send(body);

const writtenId = async (title: string): Promise<string> => {
  const answer = await write({ ...note, title }).expect(201);
  return String(answer.body.id);
};

describe('admission', () => {
  it('answers 401 with a problem in Chinese when there is no credential', async () => {
    const answer = await request(service.app).get('/v1/notes').expect(401);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['content-language']).toBe('zh-CN');
    expect(answer.body).toMatchObject({
      type: 'https://quanji.example/problems/unauthenticated',
      title: '未通过身份验证',
      status: 401,
      instance: '/v1/notes',
      code: 'unauthenticated',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('answers 403 when the role is not admitted', async () => {
    const investor = await service.callers.person({ roles: ['investor'] });
    const answer = await request(service.app)
      .post('/v1/notes')
      .set('Authorization', investor)
      .set('Accept-Language', 'en-GB,en;q=0.9,zh;q=0.5')
      .send(note)
      .expect(403);
    expect(answer.body).toMatchObject({ code: 'forbidden', title: 'Not allowed' });
  });

  it('answers token-expired five minutes later', async () => {
    const early = await service.callers.person({ roles: ['registrar.maker'] });
    service.clock.advance(306_000);
    const answer = await request(service.app).get('/v1/notes').set('Authorization', early);
    expect(answer.body.code).toBe('token-expired');
    maker = await service.callers.person({ roles: ['registrar.maker'] });
  });

  it('lets anybody read the public getNotice, in the language asked for', async () => {
    const zh = await request(service.app).get('/v1/notice').expect(200);
    const en = await request(service.app).get('/v1/notice').set('Accept-Language', 'en');
    expect([zh.body.text, en.body.text]).toEqual(['公告', 'Notice']);
  });
});

describe('the trace id', () => {
  it('is taken from traceparent and given back', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await request(service.app)
      .get('/v1/notes')
      .set('traceparent', `00-${traceId}-00f067aa0ba902b7-01`);
    expect([answer.body.traceId, answer.headers['trace-id']]).toEqual([traceId, traceId]);
  });

  it('is drawn anew where traceparent is malformed', async () => {
    const answer = await request(service.app).get('/v1/notes').set('traceparent', '00-zz-zz-01');
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('addresses', () => {
  it('answers not-found for an unknown one and method-not-allowed for a known one', async () => {
    const unknown = await request(service.app).get('/v1/nothing').expect(404);
    expect(unknown.body.code).toBe('not-found');
    const method = await request(service.app).delete('/v1/notes').expect(405);
    expect(method.body).toMatchObject({ code: 'method-not-allowed' });
    expect(method.headers.allow).toBe('GET, POST');
  });

  it('of getNote answer 4xx for broken percent encoding and for an id that is none', async () => {
    const broken = await request(service.app).get('/v1/notes/%E0%A4%A').set('Authorization', maker);
    expect(broken.status).toBe(400);
    const none = await request(service.app).get('/v1/notes/none').set('Authorization', maker);
    expect(none.body).toMatchObject({
      code: 'malformed-request',
      errors: [{ pointer: '#/path/noteId', code: 'field-format' }],
    });
  });
});

describe('bodies', () => {
  const refusedBodies: [string, object | string, string, string | undefined][] = [
    ['text that is not JSON', '{"title":', 'malformed-json', undefined],
    ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000), 'malformed-json', undefined],
    ['10,000 levels left open', '{"a":'.repeat(10_000), 'malformed-json', undefined],
    [
      'a field that the contract lacks',
      { ...note, extra: 1 },
      'malformed-request',
      'field-unknown',
    ],
    ['a missing field', { title: 'x' }, 'malformed-request', 'field-missing'],
    ['a number for a quantity', { ...note, quantity: 100 }, 'malformed-request', 'field-type'],
    ['a negative quantity', { ...note, quantity: '-1' }, 'malformed-request', 'field-format'],
    ['a quantity of zero', { ...note, quantity: '0' }, 'malformed-request', 'field-format'],
    ['2^53', { ...note, quantity: '9007199254740992' }, 'malformed-request', 'field-format'],
    ['2^63', { ...note, quantity: '9223372036854775808' }, 'malformed-request', 'field-format'],
    ['10^15 fen', { ...note, amount: '1000000000000000' }, 'malformed-request', 'field-format'],
    ['an over-long text', { ...note, title: 'x'.repeat(41) }, 'malformed-request', 'field-length'],
    ['a value not listed', { ...note, nature: 'odd' }, 'malformed-request', 'field-value'],
    ['a list instead of an object', [], 'malformed-request', 'field-type'],
    ['null instead of an object', 'null', 'malformed-request', 'field-type'],
    ['no body at all', '', 'malformed-request', undefined],
    [
      'a prototype member',
      '{"title":"x","quantity":"1","__proto__":{}}',
      'malformed-request',
      undefined,
    ],
  ];

  it.each(refusedBodies)('refuses %s', async (_name, body, code, itemCode) => {
    const answer = await write(body).expect(400);
    expect(answer.body.code).toBe(code);
    if (itemCode !== undefined) expect(answer.body.errors[0].code).toBe(itemCode);
    const { count } = await service.db
      .selectFrom('note')
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .where('title', '=', 'x')
      .executeTakeFirstOrThrow();
    expect(count).toBe(0n);
  });

  it('accepts the greatest quantity', async () => {
    await write({ ...note, quantity: '9007199254740991', amount: '999999999999999' }).expect(201);
  });

  it('points into the body', async () => {
    const answer = await write({ ...note, quantity: 'x' });
    expect(answer.body.errors[0].pointer).toBe('/quantity');
  });

  it('refuses invalid UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.of(0xff), Buffer.from('"}')]);
    const answer = await request(service.app)
      .post('/v1/notes')
      .set('Authorization', maker)
      .set('Idempotency-Key', newUuid())
      .set('Content-Type', 'application/json')
      .serialize((bytes: unknown) => bytes as string)
      .send(body);
    expect(answer.body.code).toBe('malformed-json');
  });

  it('refuses more than 256 KiB of JSON, and takes an uploadFile up to its stated limit', async () => {
    const big = await write({ ...note, title: 'x'.repeat(300_000) }).expect(413);
    expect(big.body).toMatchObject({
      code: 'body-too-large',
      detail: expect.stringContaining('262144'),
    });
    const upload = (bytes: number): request.Test =>
      request(service.app)
        .post('/v1/files')
        .set('Authorization', maker)
        .set('Idempotency-Key', newUuid())
        .set('Content-Type', 'application/octet-stream')
        .send(Buffer.alloc(bytes, 1));
    const fits = await upload(1_048_576);
    expect([fits.status, fits.body]).toEqual([201, { bytes: 1_048_576 }]);
    expect((await upload(1_048_577)).body.code).toBe('body-too-large');
  });

  it('refuses other media types, charsets and encodings', async () => {
    for (const [name, value] of [
      ['Content-Type', 'text/plain'],
      ['Content-Type', 'application/json; charset=gb18030'],
      ['Content-Encoding', 'gzip'],
    ] as const) {
      const answer = await write(JSON.stringify(note)).set(name, value);
      expect([name, value, answer.body.code]).toEqual([name, value, 'unsupported-media-type']);
      expect(answer.status).toBe(415);
    }
  });

  it('refuses unknown, repeated and malformed query parameters', async () => {
    for (const [query, itemCode] of [
      ['other=1', 'field-unknown'],
      ['limit=1&limit=2', 'field-type'],
      ['limit=201', 'field-range'],
      ['limit=0', 'field-range'],
      ['limit=abc', 'field-type'],
      ['limit=', 'field-value'],
    ]) {
      const answer = await request(service.app)
        .get(`/v1/notes?${query}`)
        .set('Authorization', maker);
      const { code, errors } = answer.body;
      expect([query, answer.status, code]).toEqual([query, 400, 'malformed-request']);
      expect([query, errors[0].code]).toEqual([query, itemCode]);
    }
  });
});

describe('paging', () => {
  it('of listNotes walks all rows once, and refuses a cursor that was changed', async () => {
    const seen: string[] = [];
    for (let count = 0; count < 3; count += 1) await writtenId(`page ${count}`);
    let cursor: string | null = '';
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: request.Response = await request(service.app)
        .get(`/v1/notes?limit=2${from}`)
        .set('Authorization', maker)
        .expect(200);
      seen.push(...page.body.items.map((item: { id: string }) => item.id));
      cursor = page.body.nextCursor;
    }
    const rows = await service.db.selectFrom('note').select('id').orderBy('id').execute();
    expect(seen).toEqual(rows.map((row) => row.id));
    const changed = await request(service.app)
      .get('/v1/notes?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAA')
      .set('Authorization', maker)
      .expect(400);
    expect(changed.body.code).toBe('invalid-cursor');
  });
});

describe('faults and defects', () => {
  const read = async (title: string): Promise<request.Response> =>
    request(service.app)
      .get(`/v1/notes/${await writtenId(title)}`)
      .set('Authorization', maker);

  it('answers a bare internal-error for a defect and logs it', async () => {
    const answer = await read('defect');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal-error']);
    expect(answer.text).not.toContain('secret');
    expect(service.logged.at(-1)).toContain('a defect with a secret');
  });

  it('answers service-unavailable with Retry-After when a dependency is away', async () => {
    const answer = await read('unavailable');
    expect([answer.status, answer.body.code]).toEqual([503, 'service-unavailable']);
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('answers internal-error where an answer breaks the contract', async () => {
    const answer = await read('beyond the contract');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal-error']);
  });
});

describe('every answer', () => {
  it('carries the security headers and is not to be stored', async () => {
    const { headers } = await request(service.app).get('/v1/notice');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('tells health apart from readiness', async () => {
    await request(service.app).get('/livez').expect(200, { live: true });
    await request(service.app)
      .get('/readyz')
      .expect(200, { ready: true, checks: { database: true } });
  });
});
