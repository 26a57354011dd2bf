// Idempotency, versions and calls between services, against a real database.
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { openSampleService, type SampleService } from './sample-service.ts';

let service: SampleService;
let maker: string;

beforeAll(async () => {
  service = await openSampleService();
  maker = await service.callers.person({ id: 'maker-1', roles: ['registrar.maker'] });
});
afterAll(async () => {
  await service.close();
});

const note = { title: 'First', quantity: '100' };

const write = (key: string, body: object, authorization = maker): request.Test =>
  request(service.app)
    .post('/v1/notes')
    .set('Authorization', authorization)
    .set('Idempotency-Key', key)
    .send(body);

const countOf = async (title: string): Promise<number> => {
  const rows = await service.db
    .selectFrom('note')
    .select('id')
    .where('title', '=', title)
    .execute();
  return rows.length;
};

describe('the idempotency key of writeNote', () => {
  it('is required', async () => {
    for (const key of [undefined, '', 'two words', 'x'.repeat(256)]) {
      const call = request(service.app).post('/v1/notes').set('Authorization', maker);
      const answer = await (key === undefined ? call : call.set('Idempotency-Key', key)).send(note);
      expect([answer.status, answer.body.code]).toEqual([400, 'idempotency-key-missing']);
    }
  });

  it('gives the first answer again, byte for byte, and says so', async () => {
    const key = newUuid();
    const first = await write(key, { ...note, title: 'replayed' }).expect(201);
    service.clock.advance(1_000);
    const again = await write(key, { ...note, title: 'replayed' }).expect(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.etag).toBe(first.headers.etag);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await countOf('replayed')).toBe(1);
  });

  it('does not depend on the order of members', async () => {
    const key = newUuid();
    await write(key, { title: 'ordered', quantity: '1' }).expect(201);
    await write(key, { quantity: '1', title: 'ordered' }).expect(201);
    expect(await countOf('ordered')).toBe(1);
  });

  it('is refused for another body, and free again for another caller', async () => {
    const key = newUuid();
    await write(key, { ...note, title: 'reused' }).expect(201);
    const reused = await write(key, { ...note, title: 'reused', quantity: '101' }).expect(422);
    expect(reused.body.code).toBe('idempotency-key-reused');
    const other = await service.callers.person({ id: 'maker-2', roles: ['registrar.maker'] });
    await write(key, { ...note, title: 'reused' }, other).expect(201);
    expect(await countOf('reused')).toBe(2);
  });

  it('lets one of many simultaneous calls through', async () => {
    const key = newUuid();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => write(key, { ...note, title: 'raced' })),
    );
    const codes = new Set(answers.map((answer) => answer.body.code ?? answer.status));
    expect([...codes].every((code) => code === 201 || code === 'idempotency-key-in-flight')).toBe(
      true,
    );
    expect(await countOf('raced')).toBe(1);
  });

  it('keeps nothing of a refused command, which may then be tried again', async () => {
    const key = newUuid();
    const answer = await write(key, { ...note, title: 'refused' }).expect(422);
    expect(answer.body).toMatchObject({
      code: 'quantity-shortage',
      detail: '现有 0 股，不足 100 股。',
    });
    expect(await countOf('refused')).toBe(0);
    await write(key, { ...note, title: 'accepted' }).expect(201);
  });
});

describe('versions', () => {
  const change = (id: string, etag: string | undefined): request.Test => {
    const call = request(service.app)
      .put(`/v1/notes/${id}`)
      .set('Authorization', maker)
      .set('Idempotency-Key', newUuid());
    return (etag === undefined ? call : call.set('If-Match', etag)).send(note);
  };

  it('must be named, current and well-formed for changeNote', async () => {
    const written = await write(newUuid(), { ...note, title: 'versioned' }).expect(201);
    const id = String(written.body.id);
    expect((await change(id, undefined).expect(428)).body.code).toBe('precondition-required');
    expect((await change(id, 'v1').expect(400)).body.code).toBe('malformed-request');
    expect((await change(id, '"v2"').expect(412)).body.code).toBe('stale-version');
    await change(id, '"v1"').expect(200);
    expect((await change(id, '"v1"').expect(412)).body.code).toBe('stale-version');
    const read = await request(service.app).get(`/v1/notes/${id}`).set('Authorization', maker);
    expect(read.headers.etag).toBe('"v2"');
  });
});

describe('a calling service', () => {
  const body = JSON.stringify(note);
  const signed = (caller: string, text = body): Promise<string> =>
    service.callers.service(caller, {
      method: 'POST',
      target: '/v1/notes',
      body: new TextEncoder().encode(text),
    });
  const send = (authorization: string, text = body): request.Test =>
    request(service.app)
      .post('/v1/notes')
      .set('Authorization', authorization)
      .set('Idempotency-Key', newUuid())
      .set('Content-Type', 'application/json')
      .send(text);

  it('is admitted where the contract names it', async () => {
    const answer = await send(await signed('settlement')).expect(201);
    expect(answer.body.writtenBy).toBe('service:settlement');
    expect((await send(await signed('portal'))).body.code).toBe('forbidden');
  });

  it('cannot use a token twice, or for another body, or once it is old', async () => {
    const token = await signed('settlement');
    await send(token).expect(201);
    expect((await send(token).expect(401)).body.code).toBe('unauthenticated');
    const other = await send(await signed('settlement', '{}'));
    expect(other.body.code).toBe('unauthenticated');
    const old = await signed('settlement');
    service.clock.advance(36_000);
    expect((await send(old)).body.code).toBe('token-expired');
  });
});
