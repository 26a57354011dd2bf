// Calls another service by its contract: typed, signed for each attempt, bounded throughout.
import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Contract, Operation } from '#libs/contracts/contract.ts';
import type { Problem } from '#libs/problem/problem.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { etagOf } from './etag.ts';
import { type Answer, exchange } from './exchange.ts';
import type { ReplyOf, TypedRequest } from './route.ts';
import { signServiceToken } from './service-token.ts';
import { traceparentOf } from './trace.ts';

export interface ServiceClientOptions<Operations> {
  readonly contract: Contract<Operations>;
  readonly baseUrl: string;
  /** The name of the service that is called. */
  readonly callee: string;
  readonly callerName: string;
  readonly key: KeyObject;
  readonly clock: Clock;
  /** For one attempt; above the longest wait of a long poll. */
  readonly timeoutMs: number;
}

/** The callee refused, or it did not answer so that the outcome is unknown. */
export type CallFailure =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly reason: string };

type Given<Op, Name extends 'params' | 'query' | 'body'> =
  Record<never, never> extends TypedRequest<Op>[Name]
    ? { readonly [N in Name]?: TypedRequest<Op>[Name] }
    : TypedRequest<Op>[Name] extends undefined
      ? { readonly [N in Name]?: undefined }
      : { readonly [N in Name]: TypedRequest<Op>[Name] };

export type CallInput<Op> = Given<Op, 'params'> &
  Given<Op, 'query'> &
  Given<Op, 'body'> & {
    /** Needed where the operation takes one; the same for every attempt. */
    readonly idempotencyKey?: string;
    readonly version?: number;
    readonly onBehalfOf?: string;
    readonly traceId?: string;
  };

export interface ServiceClient<Operations> {
  call<Id extends keyof Operations & string>(
    operationId: Id,
    input: CallInput<Operations[Id]>,
  ): Promise<Result<ReplyOf<Operations[Id]>, CallFailure>>;
}

type Scalar = string | number | boolean;

interface UntypedInput {
  readonly params?: Readonly<Record<string, Scalar>> | undefined;
  readonly query?: Readonly<Record<string, Scalar | undefined>> | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly version?: number | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly traceId?: string | undefined;
}

const attemptsMax = 3;
const firstPauseMs = 100;
const noBytes = new Uint8Array();

const targetOf = (basePath: string, operation: Operation, input: UntypedInput): string => {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.params?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) query.append(name, String(value));
  }
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  return `${basePath}${path}${suffix}`;
};

const bodyOf = (body: unknown): Uint8Array => {
  if (body === undefined) return noBytes;
  return body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
};

const headersOf = (operation: Operation, input: UntypedInput): Record<string, string> => ({
  accept: 'application/json, application/problem+json, */*',
  ...(input.body === undefined || operation.requestMediaType === undefined
    ? {}
    : { 'content-type': operation.requestMediaType }),
  ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
  ...(input.version === undefined ? {} : { 'if-match': etagOf(input.version) }),
  ...(input.traceId === undefined ? {} : { traceparent: traceparentOf(input.traceId) }),
});

/** Only what does nothing, or does it once by its idempotency key, is tried again. */
const isSafeToRepeat = (operation: Operation, input: UntypedInput): boolean =>
  operation.method === 'get' || operation.kind === 'read' || input.idempotencyKey !== undefined;

const mayRepeat = (answer: Answer): boolean => {
  if (answer.kind === 'unreachable') return true;
  if (answer.kind === 'reply') return false;
  const { code, status } = answer.problem;
  return status === 503 || status === 429 || code === 'idempotency-key-in-flight';
};

export const createServiceClient = <Operations>(
  options: ServiceClientOptions<Operations>,
): ServiceClient<Operations> => {
  const { origin, pathname } = new URL(options.baseUrl);
  const basePath = pathname.replace(/\/$/, '');

  const attempt = async (operation: Operation, input: UntypedInput): Promise<Answer> => {
    const method = operation.method.toUpperCase();
    const target = targetOf(basePath, operation, input);
    const body = bodyOf(input.body);
    const token = await signServiceToken({
      caller: options.callerName,
      callee: options.callee,
      key: options.key,
      now: options.clock.now(),
      request: { method, target, body },
      ...(input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf }),
    });
    return exchange({
      url: `${origin}${target}`,
      method,
      headers: { ...headersOf(operation, input), authorization: `Bearer ${token}` },
      body,
      timeoutMs: options.timeoutMs,
    });
  };

  const callUntyped = async (operation: Operation, input: UntypedInput): Promise<Answer> => {
    const attempts = isSafeToRepeat(operation, input) ? attemptsMax : 1;
    let answer = await attempt(operation, input);
    for (let count = 1; count < attempts && mayRepeat(answer); count += 1) {
      await delay(firstPauseMs * 3 ** (count - 1));
      answer = await attempt(operation, input);
    }
    return answer;
  };

  return {
    call: async <Id extends keyof Operations & string>(
      operationId: Id,
      input: CallInput<Operations[Id]>,
    ) => {
      const answer = await callUntyped(options.contract.operations[operationId], input);
      // The callee validates its answers against the same contract in its tests.
      if (answer.kind === 'reply') return ok(answer.reply as ReplyOf<Operations[Id]>);
      return err(answer);
    },
  };
};
