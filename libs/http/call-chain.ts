// The steps of one call, before and after validation against the contract.
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Operation } from '#libs/contracts/contract.ts';
import { preferredLanguage } from '#libs/problem/language.ts';
import { assert } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import { actorKey } from './actor.ts';
import { isAdmitted } from './admission.ts';
import { callTraceId, sendReply } from './answer.ts';
import type { Authenticator, Caller } from './authenticate.ts';
import { type CommandAnswer, requestHashOf, type RunCommand } from './command-runner.ts';
import { RefusedCall } from './error-answer.ts';
import { versionOfEtag } from './etag.ts';
import { parseJsonBody } from './json-body.ts';
import type { CallContext, Route, UntypedRequest } from './route.ts';

interface Admitting {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
}

export interface CallChainOptions<Tx> extends Admitting {
  readonly runCommand?: RunCommand<Tx>;
}

const jsonBytesMax = 256 * 1024;
const noBytes = new Uint8Array();
const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;

interface CallState {
  readonly now: Instant;
  readonly caller: Caller;
}

// Express keeps what one middleware tells the next in an untyped bag; this is its only reader.
const callStates = new WeakMap<Response, CallState>();

const stateOf = (res: Response): CallState => {
  const state = callStates.get(res);
  assert(state !== undefined, 'the call has not been authenticated');
  return state;
};

const publicCaller: Caller = {
  actor: { kind: 'public' },
  confirm: async () => ({ ok: true, value: undefined }),
};

const admitCaller =
  (operation: Operation, { authenticator, clock }: Admitting): RequestHandler =>
  async (req, res, next) => {
    const now = clock.now();
    if (operation.public) {
      callStates.set(res, { now, caller: publicCaller });
      next();
      return;
    }
    const caller = await authenticator.authenticate(req.get('authorization'), now);
    if (!caller.ok) throw new RefusedCall(caller.error);
    if (!isAdmitted(caller.value.actor, operation)) throw new RefusedCall({ code: 'forbidden' });
    callStates.set(res, { now, caller: caller.value });
    next();
  };

const requireHeaders =
  (operation: Operation): RequestHandler =>
  (req, _res, next) => {
    if (operation.takesIdempotencyKey) {
      const key = req.get('idempotency-key') ?? '';
      if (!idempotencyKeyPattern.test(key)) {
        throw new RefusedCall({ code: 'idempotency-key-missing' });
      }
    }
    if (operation.takesIfMatch && req.get('if-match') === undefined) {
      throw new RefusedCall({ code: 'precondition-required' });
    }
    next();
  };

const hasBody = (req: Request): boolean =>
  req.headers['transfer-encoding'] !== undefined ||
  (req.headers['content-length'] !== undefined && req.headers['content-length'] !== '0');

/** The media type must be the contract's; from here on its parameters are gone. */
const checkMediaType =
  (operation: Operation): RequestHandler =>
  (req, _res, next) => {
    if (hasBody(req)) {
      const [given = '', parameters = ''] = (req.get('content-type') ?? '').split(';', 2);
      const isUtf8 = /^\s*$|^\s*charset\s*=\s*"?utf-8"?\s*$/i.test(parameters);
      const expected = operation.requestMediaType;
      if (expected === undefined || given.trim().toLowerCase() !== expected || !isUtf8) {
        throw new RefusedCall({ code: 'unsupported-media-type' });
      }
      req.headers['content-type'] = expected;
    } else if (operation.requestMediaType !== undefined) {
      req.headers['content-type'] = operation.requestMediaType;
    }
    next();
  };

const readBody = (operation: Operation): RequestHandler[] => {
  const limit = operation.bodyBytesMax ?? jsonBytesMax;
  return [
    (_req, res, next) => {
      res.locals.bodyBytesMax = limit;
      next();
    },
    express.raw({ type: () => true, limit, inflate: false }),
  ];
};

const bytesOf = (req: Request): Uint8Array => (req.body instanceof Uint8Array ? req.body : noBytes);

const confirmCaller: RequestHandler = async (req, res, next) => {
  const confirmed = await stateOf(res).caller.confirm({
    method: req.method,
    target: req.originalUrl,
    body: bytesOf(req),
  });
  if (!confirmed.ok) throw new RefusedCall(confirmed.error);
  next();
};

const parseBody =
  (operation: Operation): RequestHandler =>
  (req, _res, next) => {
    if (operation.requestMediaType === 'application/json') {
      const bytes = bytesOf(req);
      const parsed = bytes.length === 0 ? undefined : parseJsonBody(bytes);
      if (parsed !== undefined && !parsed.ok) throw new RefusedCall(parsed.error);
      req.body = parsed?.value;
    } else {
      req.body = operation.requestMediaType === undefined ? undefined : bytesOf(req);
    }
    next();
  };

/** What happens to a call before it is validated. */
export const readCall = <Tx>(
  operation: Operation,
  options: CallChainOptions<Tx>,
): RequestHandler[] => [
  admitCaller(operation, options),
  requireHeaders(operation),
  checkMediaType(operation),
  ...readBody(operation),
  confirmCaller,
  parseBody(operation),
];

const contextOf = (req: Request, res: Response): CallContext => {
  const { now, caller } = stateOf(res);
  return {
    actor: caller.actor,
    now,
    traceId: callTraceId(req, res),
    language: preferredLanguage(req.get('accept-language')),
    idempotencyKey: req.get('idempotency-key') ?? '',
  };
};

const requestOf = (operation: Operation, req: Request): UntypedRequest => {
  const body: unknown = req.body;
  return {
    params: { ...req.params },
    query: { ...req.query },
    body,
    version: operation.takesIfMatch ? versionOfEtag(req.get('if-match') ?? '') : undefined,
  };
};

const runRoute = async <Tx>(
  route: Route<Tx>,
  request: UntypedRequest,
  context: CallContext,
  options: CallChainOptions<Tx>,
): Promise<CommandAnswer> => {
  if (route.kind !== 'command') {
    const outcome = await route.handle(request, context);
    if (!outcome.ok) throw new RefusedCall(outcome.error);
    return { reply: outcome.value, replayed: false };
  }
  assert(options.runCommand !== undefined, 'commands need runCommand');
  const call = {
    idempotencyKey: context.idempotencyKey,
    caller: actorKey(context.actor),
    operationId: route.operationId,
    requestHash: requestHashOf(route.operationId, request),
    now: context.now,
  };
  const outcome = await options.runCommand(call, (tx) => route.handle(tx, request, context));
  if (!outcome.ok) throw new RefusedCall(outcome.error);
  return outcome.value;
};

/** Hands the validated call to its route and sends the answer. */
export const answerCall =
  <Tx>(operation: Operation, route: Route<Tx>, options: CallChainOptions<Tx>): RequestHandler =>
  async (req, res) => {
    const { reply, replayed } = await runRoute(
      route,
      requestOf(operation, req),
      contextOf(req, res),
      options,
    );
    if (replayed) res.set('Idempotency-Replayed', 'true');
    sendReply(res, reply);
  };
