// The typed client against a listening service, and against one that fails.
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '#libs/http/listen.ts';
import { createServiceClient, type ServiceClient } from '#libs/http/service-client.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { operations } from './generated/sample.ts';
import { sampleContract } from './generated/sample-contract.ts';
import { openSampleService, type SampleService } from './sample-service.ts';

let service: SampleService;
let listening: Listening;
const servers: Server[] = [];

const clientOf = (
  baseUrl: string,
  callerName = 'settlement',
  timeoutMs = 5_000,
): ServiceClient<operations> =>
  createServiceClient({
    contract: sampleContract,
    baseUrl,
    callee: 'sample',
    callerName,
    key: service.callers.privateKeyOf(callerName),
    clock: service.clock,
    timeoutMs,
  });

beforeAll(async () => {
  service = await openSampleService();
  listening = await listen({ app: service.app, host: '127.0.0.1', port: 0 });
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(async () => {
  await listening.close();
  await service.close();
});

const body = { title: 'From a service', quantity: '5' };

describe('a call', () => {
  it('returns the typed reply', async () => {
    const client = clientOf(listening.url);
    const written = await client.call('writeNote', { body, idempotencyKey: newUuid() });
    expect(written).toMatchObject({
      ok: true,
      value: { status: 201, body: { title: 'From a service', writtenBy: 'service:settlement' } },
    });
  });

  it('returns the problem of a refusal without trying again', async () => {
    const refused = { ...body, title: 'refused' };
    const client = clientOf(listening.url);
    const answer = await client.call('writeNote', { body: refused, idempotencyKey: newUuid() });
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'problem', problem: { code: 'quantity-shortage', status: 422 } },
    });
  });

  it('is refused for a service that the contract does not name', async () => {
    const client = clientOf(listening.url, 'portal');
    const answer = await client.call('writeNote', { body, idempotencyKey: newUuid() });
    expect(answer).toMatchObject({ ok: false, error: { problem: { code: 'forbidden' } } });
  });

  it('signs the query as it is sent', async () => {
    const client = clientOf(listening.url);
    const answer = await client.call('listNotes', { query: { cursor: 'a b/+&=%' } });
    expect(answer).toMatchObject({ ok: false, error: { problem: { code: 'forbidden' } } });
  });
});

type Handler = (count: number) => { status: number; body: object } | 'hang' | 'cut';

const serve = async (handler: Handler): Promise<{ url: string; count: () => number }> => {
  let count = 0;
  const server = createServer((req, res) => {
    count += 1;
    req.resume();
    const answer = handler(count);
    if (answer === 'cut') res.destroy();
    else if (answer !== 'hang') {
      res.writeHead(answer.status, { 'content-type': 'application/problem+json' });
      res.end(JSON.stringify(answer.body));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, count: () => count };
};

describe('a failing callee', () => {
  const unavailable = { status: 503, body: { status: 503, code: 'service-unavailable' } };

  it('is tried three times at most, with a key or for a read', async () => {
    const { url, count } = await serve(() => unavailable);
    const answer = await clientOf(url).call('getNotice', {});
    expect(answer).toMatchObject({
      ok: false,
      error: { problem: { code: 'service-unavailable' } },
    });
    expect(count()).toBe(3);
  });

  it('is not tried again when a repetition could do it twice', async () => {
    const { url, count } = await serve(() => 'cut');
    const answer = await clientOf(url).call('writeNote', { body });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(count()).toBe(1);
  });

  it('is given up after the time-out', async () => {
    const { url } = await serve(() => 'hang');
    const answer = await clientOf(url, 'settlement', 100).call('writeNote', { body });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });

  it('recovers by a second attempt', async () => {
    const { url, count } = await serve((attempt) =>
      attempt === 1 ? 'cut' : { status: 422, body: { status: 422, code: 'not-found' } },
    );
    const answer = await clientOf(url).call('writeNote', { body, idempotencyKey: newUuid() });
    expect(answer).toMatchObject({ ok: false, error: { problem: { code: 'not-found' } } });
    expect(count()).toBe(2);
  });
});

describe('closing', () => {
  it('lets a call under way end', async () => {
    const own = await listen({ app: service.app, host: '127.0.0.1', port: 0 });
    const call = clientOf(own.url).call('writeNote', { body, idempotencyKey: newUuid() });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [answer] = await Promise.all([call, own.close()]);
    expect(answer.ok).toBe(true);
    const after = await clientOf(own.url).call('getNotice', {});
    expect(after).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });

  it('says which port is in use', async () => {
    const again = listen({ app: service.app, host: '127.0.0.1', port: listening.port });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
