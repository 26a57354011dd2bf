/** The proxy below /api: only what a contract offers to people, with bounds on body and time. */
import { once } from 'node:events';
import type { Request, RequestHandler, Response as ExpressResponse } from 'express';
import type { Operation } from '#libs/contracts/contract.ts';
import { isAdmitted } from '#libs/http/admission.ts';
import { callTraceId } from '#libs/http/answer.ts';
import type { Authenticator } from '#libs/http/authenticate.ts';
import {
  type CallLimit,
  limitCalls,
  type TakeTurn,
  usualCallLimit,
} from '#libs/http/call-limit.ts';
import { RefusedCall } from '#libs/http/error-answer.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import { traceparentOf } from '#libs/http/trace.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Upstream } from '../upstreams.ts';

const JSON_BYTES_MAX = 256 * 1024;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Above the longest long poll of the contracts. */
const TIMEOUT_MS = 35_000;
/** For each service, so that one that hangs keeps no place of the others. */
const CALL_LIMIT: CallLimit = { ...usualCallLimit, atOnce: 64 };

const REQUEST_HEADERS = [
  'accept',
  'accept-language',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
];
const ANSWER_HEADERS = [
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'trace-id',
  'www-authenticate',
];

export interface ProxyOptions {
  readonly upstreams: readonly Upstream[];
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

interface Target {
  readonly upstream: Upstream;
  readonly operation: Operation;
  readonly takeTurn: TakeTurn;
  /** Path and query as the service sees them. */
  readonly target: string;
}

/** Mounted below /api. */
export function proxyToServices(options: ProxyOptions): RequestHandler {
  const offers = options.upstreams.map((upstream) => ({
    upstream,
    routes: routesOf(upstream),
    takeTurn: limitCalls(CALL_LIMIT),
  }));
  return async (req, res) => {
    const found = findTarget(offers, req);
    await found.takeTurn(res);
    await admit(req, found.operation, options);
    const body = await readBody(req, found.operation.bodyBytesMax ?? JSON_BYTES_MAX, res);
    const controller = new AbortController();
    res.once('close', () => controller.abort());
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await send(req, res, found, body, signal);
    await passOn(answer, res, found.upstream.name);
  };
}

interface OfferedRoute {
  readonly operation: Operation;
  readonly pattern: RegExp;
}

interface Offer {
  readonly upstream: Upstream;
  readonly routes: readonly OfferedRoute[];
  readonly takeTurn: TakeTurn;
}

function routesOf({ operations }: Upstream): OfferedRoute[] {
  return operations
    .filter((operation) => operation.public || operation.admission.person !== undefined)
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .sort(
      (a, b) => Number(a.operation.path.includes('{')) - Number(b.operation.path.includes('{')),
    );
}

function patternOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+'));
  return new RegExp(`^${parts.join('/')}$`);
}

/** Errors (thrown): not-found, method-not-allowed. */
function findTarget(offers: readonly Offer[], req: Request): Target {
  const [, name = '', rest = ''] = /^\/([a-z0-9-]+)(\/.*)$/.exec(req.url) ?? [];
  const offer = offers.find(({ upstream }) => upstream.name === name);
  const [path = ''] = rest.split('?', 1);
  const isPlain = !/\/\.{1,2}(?:\/|$)|%2e|%2f|%5c|\\/i.test(path);
  const matching = isPlain ? (offer?.routes.filter(({ pattern }) => pattern.test(path)) ?? []) : [];
  if (offer === undefined || matching.length === 0) throw new RefusedCall({ code: 'not-found' });
  const method = req.method.toLowerCase();
  const route = matching.find(({ operation }) => operation.method === method);
  if (route === undefined) {
    const params = { method: req.method.slice(0, 20) };
    throw new RefusedCall({ code: 'method-not-allowed', params });
  }
  const { upstream, takeTurn } = offer;
  return { upstream, operation: route.operation, takeTurn, target: rest };
}

/** The service checks again; here what would be refused never reaches it. */
async function admit(
  req: Request,
  operation: Operation,
  { authenticator, clock }: ProxyOptions,
): Promise<void> {
  if (operation.public) return;
  const caller = await authenticator.authenticate(req.get('authorization'), clock.now());
  if (!caller.ok) throw new RefusedCall(caller.error);
  if (!isAdmitted(caller.value.actor, operation)) throw new RefusedCall({ code: 'forbidden' });
}

async function readBody(
  req: Request,
  bytesMax: number,
  res: ExpressResponse,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > bytesMax) {
      res.set('Connection', 'close');
      throw new RefusedCall({ code: 'body-too-large', params: { bytesMax: String(bytesMax) } });
    }
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks);
}

async function send(
  req: Request,
  res: ExpressResponse,
  { upstream, target }: Target,
  body: Buffer | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = {
    'accept-encoding': 'identity',
    traceparent: traceparentOf(callTraceId(req, res)),
  };
  for (const name of REQUEST_HEADERS) {
    const value = req.get(name);
    if (value !== undefined) headers[name] = value;
  }
  try {
    return await fetch(`${upstream.baseUrl}${target}`, {
      method: req.method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    throw new DependencyUnavailable(upstream.name, { cause: error });
  }
}

async function passOn(answer: Response, res: ExpressResponse, name: string): Promise<void> {
  res.status(answer.status);
  for (const header of ANSWER_HEADERS) {
    const value = answer.headers.get(header);
    if (value !== null) res.set(header, value);
  }
  let size = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength;
      if (size > ANSWER_BYTES_MAX) throw new Error('the answer is too large');
      if (!res.write(chunk)) await once(res, 'drain');
    }
    res.end();
  } catch (error) {
    // Too late for another status: the caller must see that the answer is cut.
    if (res.headersSent) res.destroy();
    else throw new DependencyUnavailable(name, { cause: error });
  }
}
