// So many calls at once: the others wait their turn.
import express from 'express';
import { afterEach, expect, it } from 'vitest';
import { type CallLimit, limitCalls } from '#libs/http/call-limit.ts';
import { answerErrors } from '#libs/http/error-answer.ts';
import { listen, type Listening } from '#libs/http/listen.ts';

let server: Listening;

afterEach(async () => {
  await server.close();
});

/** Calls that begin are listed, and end when they are told to. */
async function openApp(limit: CallLimit) {
  const arrived: string[] = [];
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const takeTurn = limitCalls(limit);
  const app = express();
  app.get('/:name', async (req, res) => {
    arrived.push(req.params.name);
    await takeTurn(res);
    begun.push(req.params.name);
    await new Promise<void>((resolve) => {
      endings.set(req.params.name, resolve);
    });
    res.json({});
  });
  app.use(answerErrors({ warn: () => undefined, error: () => undefined }));
  server = await listen({ app, host: '127.0.0.1', port: 0, graceMs: 100 });
  const call = async (name: string, signal?: AbortSignal) => {
    const answer = await fetch(`${server.url}/${name}`, signal === undefined ? {} : { signal });
    return { status: answer.status, body: await answer.json(), headers: answer.headers };
  };
  const end = (name: string): void => endings.get(name)?.();
  return { call, arrived, begun, end };
}

const long = 60_000;

it('lets a waiting call begin when another ends', async () => {
  const { call, begun, end } = await openApp({ atOnce: 1, waiting: 1, patienceMs: long });
  const first = call('first');
  await expect.poll(() => begun).toEqual(['first']);
  // One of them waits, the other finds the waiting room full.
  const others = { second: call('second'), third: call('third') };
  const refused = await Promise.race(Object.values(others));
  expect([refused.status, begun]).toEqual([503, ['first']]);
  end('first');
  expect((await first).status).toBe(200);
  await expect.poll(() => begun.length).toBe(2);
  end(begun[1] ?? '');
  const statuses = (await Promise.all(Object.values(others))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 503]);
});

it('answers service-busy with Retry-After when too many wait, or one for too long', async () => {
  const { call, begun, end } = await openApp({ atOnce: 1, waiting: 1, patienceMs: 50 });
  const first = call('first');
  await expect.poll(() => begun.length).toBe(1);
  const [second, third] = await Promise.all([call('second'), call('third')]);
  for (const { status, body, headers } of [second, third]) {
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'service-busy' });
    expect(headers.get('retry-after')).toBe('1');
  }
  expect(begun).toEqual(['first']);
  end('first');
  expect((await first).status).toBe(200);
  const fourth = call('fourth');
  await expect.poll(() => begun.length).toBe(2);
  end('fourth');
  expect((await fourth).status).toBe(200);
});

it('keeps no turn for a caller that went away', async () => {
  const { call, arrived, begun, end } = await openApp({ atOnce: 1, waiting: 2, patienceMs: long });
  const first = call('first');
  await expect.poll(() => begun.length).toBe(1);
  const leaving = new AbortController();
  const second = call('second', leaving.signal);
  await expect.poll(() => arrived).toContain('second');
  leaving.abort();
  await expect(second).rejects.toThrow();
  const third = call('third');
  await expect.poll(() => arrived).toContain('third');
  end('first');
  await expect.poll(() => begun).toContain('third');
  end('third');
  expect((await third).status).toBe(200);
  expect(begun).toEqual(['first', 'third']);
  await first;
});
